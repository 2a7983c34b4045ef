from .functional import head_pck, joint_distance_accuracy, joint_errors_mm, pdj
from .metrics import (
    HeadPCKAccuracy,
    JointDistanceAccuracy,
    JointErrorMetric,
    PDJAccuracy,
    PersonBoxMetric,
)

__all__ = [
    'HeadPCKAccuracy',
    'JointDistanceAccuracy',
    'JointErrorMetric',
    'PDJAccuracy',
    'PersonBoxMetric',
    'head_pck',
    'joint_distance_accuracy',
    'joint_errors_mm',
    'pdj',
]
