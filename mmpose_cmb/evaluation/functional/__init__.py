from .calibration import Reliability, fit_calibration, knot_weights, reliability
from .distance_accuracy import distance_accuracy, joint_distance_accuracy
from .distances import keypoint_distances, labelled_joints, segment_lengths, space_distances
from .group_means import check_groups, group_means, joint_mean
from .joint_accuracy import PDJ_THRESHOLDS, JointAccuracy, head_pck, joint_accuracy, pdj
from .joint_errors import (
    JointErrors,
    area_under_curve,
    frames_within,
    joint_errors_mm,
    summarize_errors,
    worst_errors_mm,
)

__all__ = [
    'JointAccuracy',
    'JointErrors',
    'PDJ_THRESHOLDS',
    'Reliability',
    'area_under_curve',
    'check_groups',
    'distance_accuracy',
    'fit_calibration',
    'frames_within',
    'group_means',
    'head_pck',
    'joint_accuracy',
    'joint_distance_accuracy',
    'joint_errors_mm',
    'joint_mean',
    'keypoint_distances',
    'knot_weights',
    'labelled_joints',
    'pdj',
    'reliability',
    'segment_lengths',
    'space_distances',
    'summarize_errors',
    'worst_errors_mm',
]
