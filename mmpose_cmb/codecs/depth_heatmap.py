"""Heat maps together with each joint's depth relative to the person."""

from typing import Optional, Tuple

import numpy as np

from mmpose.codecs import UDPHeatmap
from mmpose.registry import KEYPOINT_CODECS


def relative_depth(
    joint_depth_m: np.ndarray, person_depth_m: float, half_range_m: float
) -> np.ndarray:
    """Depth in the unit of ``NormalizeDepth``, not clipped.

    Args:
        joint_depth_m (np.ndarray): z in the camera frame, metres, any shape.
        person_depth_m (float): What ``NormalizeDepth`` subtracted, metres.
        half_range_m (float): What it divided by, metres.
    """
    return (joint_depth_m - person_depth_m) / half_range_m


def absolute_depth_m(
    relative: np.ndarray, person_depth_m: float, half_range_m: float
) -> np.ndarray:
    """Inverse of :func:`relative_depth`, metres."""
    return relative * half_range_m + person_depth_m


@KEYPOINT_CODECS.register_module()
class DepthHeatmap(UDPHeatmap):
    """MMPose's ``UDPHeatmap`` that encodes camera-space joints as well.

    The joints are encoded in the crop's own frame (u, v, relative depth), so
    that flips, rotations and crops of the image need no other care.

    Encoded:

        - heatmaps, keypoint_weights: see ``UDPHeatmap``
        - keypoint_uvd (np.ndarray): ``[1, K, 3]`` float32: u / (width - 1) -
          0.5, v / (height - 1) - 0.5 and the relative depth
        - keypoint_uvd_weights (np.ndarray): ``[1, K]`` float32: 0 for joints
          without a label in space, or all of a crop without a valid pixel

    Args:
        half_range_m (float): That of ``NormalizeDepth``. Defaults to 1.0.
        outside_is_empty (bool): Teach that the map of a labelled joint outside
            the crop is empty, so that its score is low, rather than nothing.
            Defaults to False.
        **kwargs: See ``UDPHeatmap``.
    """

    auxiliary_encode_keys = {'keypoints_cam', 'person_depth_m'}
    label_mapping_table = dict(
        keypoint_weights='keypoint_weights',
        keypoint_uvd='keypoint_uvd',
        keypoint_uvd_weights='keypoint_uvd_weights',
    )

    def __init__(
        self,
        input_size: Tuple[int, int],
        heatmap_size: Tuple[int, int],
        half_range_m: float = 1.0,
        outside_is_empty: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(input_size, heatmap_size, **kwargs)
        self.half_range_m = half_range_m
        self.outside_is_empty = outside_is_empty

    def encode(
        self,
        keypoints: np.ndarray,
        keypoints_visible: Optional[np.ndarray] = None,
        keypoints_cam: Optional[np.ndarray] = None,
        person_depth_m: Optional[float] = None,
    ) -> dict:
        """Encode one person.

        Args:
            keypoints (np.ndarray): ``[1, K, 2]``, pixels of the crop.
            keypoints_visible (np.ndarray, optional): ``[1, K]``, labelled or
                not. Defaults to all.
            keypoints_cam (np.ndarray): ``[1, K, 3]``, camera frame, metres.
            person_depth_m (float): Added by ``NormalizeDepth``, metres.

        Raises:
            ValueError: If the sample has no joints in space, or its depth was
                not normalised.
        """
        if keypoints_cam is None:
            raise ValueError(
                'DepthHeatmap needs "keypoints_cam", the joints in the camera '
                'frame, which this data set does not give; UDPHeatmap is for '
                'joints in the image alone'
            )
        if person_depth_m is None:
            raise ValueError(
                'DepthHeatmap needs "person_depth_m": place NormalizeDepth before GenerateTarget'
            )
        encoded = super().encode(keypoints, keypoints_visible)
        if self.outside_is_empty:
            labelled = np.isfinite(keypoints).all(-1)
            if keypoints_visible is not None:
                labelled &= keypoints_visible > 0
            encoded['keypoint_weights'] = labelled.astype(np.float32)
        depth = relative_depth(keypoints_cam[..., 2], person_depth_m, self.half_range_m)
        # From the first to the last pixel's centre, so that a mirrored joint
        # has the same u with the other sign.
        uv = keypoints[..., :2] / (np.array(self.input_size) - 1) - 0.5
        uvd = np.concatenate([uv, depth[..., None]], axis=-1)
        weights = np.isfinite(uvd).all(-1)
        if keypoints_visible is not None:
            weights &= keypoints_visible > 0
        encoded['keypoint_uvd'] = np.nan_to_num(uvd).astype(np.float32)
        encoded['keypoint_uvd_weights'] = weights.astype(np.float32)
        return encoded

    def decode_depth(self, relative: np.ndarray, person_depth_m: float) -> np.ndarray:
        """Camera-frame z in metres of predicted relative depths."""
        return absolute_depth_m(relative, person_depth_m, self.half_range_m)
