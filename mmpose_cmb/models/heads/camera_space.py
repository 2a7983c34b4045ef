"""From a crop's pixels and depths to the camera's frame."""

import numpy as np
from mmengine.structures import InstanceData

from mmpose.structures import PoseDataSample

from ...depth.crop import CropRegion, crop_to_frame, lift

NEEDED = ('input_center', 'input_scale', 'input_size', 'intrinsics', 'person_depth_m')


def add_camera_space(
    pred: InstanceData,
    uv_px: np.ndarray,
    relative_depth: np.ndarray,
    data_sample: PoseDataSample,
    codec,
) -> None:
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
            'camera'
        )
    depth_m = codec.decode_depth(relative_depth, meta['person_depth_m'])
    region = CropRegion(np.asarray(meta['input_center']), np.asarray(meta['input_scale']))
    frame_px = crop_to_frame(uv_px, region, meta['input_size'])
    pred.keypoints_cam = lift(frame_px, depth_m, meta['intrinsics']).astype(np.float32)
