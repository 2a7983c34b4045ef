"""Mirroring a depth image together with its camera and joints in space."""

from typing import Sequence, Tuple

import numpy as np

from mmpose.datasets.transforms import RandomFlip
from mmpose.registry import TRANSFORMS


def mirror_camera(
    keypoints_cam: np.ndarray,
    intrinsics: np.ndarray,
    image_width: int,
    flip_indices: Sequence[int],
) -> Tuple[np.ndarray, np.ndarray]:
    """Joints and camera of the horizontally mirrored image.

    Args:
        keypoints_cam (np.ndarray): ``[..., K, 3]``, camera frame, metres.
        intrinsics (np.ndarray): fx, fy, cx, cy in pixels.
        image_width (int): Pixels.
        flip_indices (Sequence[int]): K indices: which joint each one becomes.

    Returns:
        tuple: The same two arrays for the mirrored image.
    """
    mirrored = keypoints_cam[..., list(flip_indices), :].copy()
    mirrored[..., 0] = -mirrored[..., 0]
    fx, fy, cx, cy = intrinsics
    return mirrored, np.array([fx, fy, image_width - 1 - cx, cy], intrinsics.dtype)


@TRANSFORMS.register_module()
class RandomDepthFlip(RandomFlip):
    """MMPose's horizontal ``RandomFlip`` that mirrors the camera as well.

    Required Keys: those of ``RandomFlip``, and

        - keypoints_cam (optional)
        - intrinsics (with keypoints_cam)

    Modified Keys: those of ``RandomFlip``, and

        - keypoints_cam
        - intrinsics

    Args:
        prob (float): Probability of a flip. Defaults to 0.5.
    """

    def __init__(self, prob: float = 0.5) -> None:
        super().__init__(prob=prob, direction='horizontal')

    def transform(self, results: dict) -> dict:
        """Flip, or not."""
        results = super().transform(results)
        if results['flip'] and 'keypoints_cam' in results:
            results['keypoints_cam'], results['intrinsics'] = mirror_camera(
                results['keypoints_cam'],
                results['intrinsics'],
                results['img_shape'][1],
                results['flip_indices'],
            )
        return results
