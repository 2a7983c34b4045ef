"""From decoded tensors to MMPose's predictions, one a person."""

from typing import Dict, List, Sequence

import torch
from mmengine.structures import InstanceData
from torch import Tensor

from mmpose.structures import PoseDataSample

from .camera_space import add_camera_space


def to_instances(
    decoded: Dict[str, Tensor], data_samples: Sequence[PoseDataSample], codec
) -> List[InstanceData]:
    """Predictions of a batch of crops, a person each.

    Args:
        decoded (Dict[str, Tensor]): ``keypoints`` ``[B, K, 2]``, ``scores``
            ``[B, K]`` and, for joints in space, ``keypoints_uvd``
            ``[B, K, 3]``: see ``HourglassHeatmapHead.decode_tensors``.
        data_samples (Sequence[PoseDataSample]): Of the crops.
        codec: Knows the unit of the depth (``DepthHeatmap``).

    Returns:
        List[InstanceData]: ``keypoints`` ``[1, K, 2]``, pixels of the crop,
        ``keypoint_scores`` ``[1, K]`` and, for joints in space,
        ``keypoints_cam`` ``[1, K, 3]``, camera frame, metres.

    Raises:
        ValueError: If joints in space are wanted and a sample lacks the
            intrinsics or the person's depth.
    """
    parts = [decoded['keypoints'], decoded['scores'].unsqueeze(2)]
    if 'keypoints_uvd' in decoded:
        parts.append(decoded['keypoints_uvd'])
    # In one piece: each copy from a GPU waits for it.
    numbers = torch.cat(parts, dim=2).detach().cpu().numpy()
    preds = []
    for person, sample in zip(numbers[:, None], data_samples):
        pred = InstanceData(keypoints=person[..., :2], keypoint_scores=person[..., 2])
        if 'keypoints_uvd' in decoded:
            add_camera_space(pred, person[..., 3:5], person[..., 5], sample, codec)
        preds.append(pred)
    return preds
