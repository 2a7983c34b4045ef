from .distances import keypoint_distances, labelled_joints, segment_lengths
from .group_means import group_means, joint_mean
from .joint_accuracy import (PDJ_THRESHOLDS, JointAccuracy, head_pck,
                             joint_accuracy, pdj)

__all__ = [
    'JointAccuracy', 'PDJ_THRESHOLDS', 'group_means', 'head_pck',
    'joint_accuracy', 'joint_mean', 'keypoint_distances', 'labelled_joints',
    'pdj', 'segment_lengths'
]
