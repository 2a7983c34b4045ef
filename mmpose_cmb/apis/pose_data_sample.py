"""Persons of a frame as MMPose's data sample."""

from typing import Sequence

import numpy as np
from mmengine.structures import InstanceData

from mmpose.structures import PoseDataSample

from ..depth.frame import DepthFrame, PersonPose


def pose_data_sample(
    frame: DepthFrame, persons: Sequence[PersonPose], dataset_meta: dict
) -> PoseDataSample:
    """All persons of a frame in one sample, as MMPose's tools take it.

    Args:
        frame (DepthFrame): The frame.
        persons (Sequence[PersonPose]): N persons.
        dataset_meta (dict): The joints' number and the data set's name.

    Returns:
        PoseDataSample: ``pred_instances`` has ``keypoints`` [N, K, 2],
        ``keypoint_scores`` [N, K], ``bboxes``, ``bbox_scores`` and, where all
        are known in space, ``keypoints_cam`` [N, K, 3].
    """
    meta = dict(
        img_path=frame.name,
        img_id=frame.index,
        ori_shape=frame.depth_m.shape,
        img_shape=frame.depth_m.shape,
        dataset_name=dataset_meta['dataset_name'],
    )
    if frame.intrinsics is not None:
        meta['intrinsics'] = np.array(frame.intrinsics[:4], np.float32)
    joints = dataset_meta['num_keypoints']
    scores = np.array([p.keypoint_scores for p in persons], np.float32)
    scores = scores.reshape(-1, joints)
    found = InstanceData(
        keypoints=np.array([p.keypoints for p in persons], np.float32).reshape(-1, joints, 2),
        keypoint_scores=scores,
        keypoints_visible=scores,
        bboxes=np.array([p.bbox for p in persons], np.float32).reshape(-1, 4),
        bbox_scores=np.array([p.bbox_score for p in persons], np.float32),
    )
    in_space = [p.keypoints_cam for p in persons]
    if persons and all(joints is not None for joints in in_space):
        found.keypoints_cam = np.stack(in_space)
    sample = PoseDataSample(metainfo=meta)
    sample.pred_instances = found
    return sample
