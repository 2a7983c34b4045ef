"""From a crop's pixels and depths to the camera's frame."""
import numpy as np
from mmengine.structures import InstanceData

from mmpose.structures import PoseDataSample
from ...pinhole import Intrinsics, unproject

NEEDED = ('input_center', 'input_scale', 'input_size', 'intrinsics',
          'person_depth_m')


def crop_to_frame(keypoints_px: np.ndarray, meta: dict) -> np.ndarray:
    """Pixels of the full frame of pixels of the crop.

    Args:
        keypoints_px (np.ndarray): ``[..., 2]``, (x, y) in the crop.
        meta (dict): ``input_size``, ``input_center`` and ``input_scale`` of
            ``TopdownAffine``, pixels.
    """
    scale, center = np.array(meta['input_scale']), np.array(
        meta['input_center'])
    return keypoints_px / meta['input_size'] * scale + center - 0.5 * scale


def lift(keypoints_px: np.ndarray, depth_m: np.ndarray,
         intrinsics: np.ndarray) -> np.ndarray:
    """Points in the camera frame of pixels with known z.

    Args:
        keypoints_px (np.ndarray): ``[..., 2]``, pixels of the full frame.
        depth_m (np.ndarray): ``[...]``, z in metres.
        intrinsics (np.ndarray): fx, fy, cx, cy in pixels.

    Returns:
        np.ndarray: ``[..., 3]``: x right, y down, z forward, metres.
    """
    fx, fy, cx, cy = intrinsics
    camera = Intrinsics(0, 0, fx, fy, cx, cy)  # the image's size plays no part
    return unproject(keypoints_px, depth_m, camera)


def add_camera_space(pred: InstanceData, uv_px: np.ndarray,
                     relative_depth: np.ndarray, data_sample: PoseDataSample,
                     codec) -> None:
    """Add ``keypoints_cam`` [1, K, 3] in metres to one person's prediction.

    Args:
        pred (InstanceData): The person's prediction.
        uv_px (np.ndarray): ``[1, K, 2]``, pixels of the crop.
        relative_depth (np.ndarray): ``[1, K]``, see ``DepthHeatmap``.
        data_sample (PoseDataSample): With the crop's meta information.
        codec (DepthHeatmap): Knows the unit of the relative depth.

    Raises:
        ValueError: If the sample lacks the intrinsics or the person's depth.
    """
    meta = data_sample.metainfo
    missing = [key for key in NEEDED if key not in meta]
    if missing:
        raise ValueError(
            f'joints in space need {missing} in the data sample: give '
            'PackPoseInputs these as meta_keys, and a data set that knows its '
            'camera')
    depth_m = codec.decode_depth(relative_depth, meta['person_depth_m'])
    frame_px = crop_to_frame(uv_px, meta)
    pred.keypoints_cam = lift(frame_px, depth_m, meta['intrinsics']).astype(
        np.float32)
