from .dump_predictions import DumpPredictions
from .head_pck_accuracy import HeadPCKAccuracy
from .joint_distance_accuracy import JointDistanceAccuracy
from .joint_error_metric import JointErrorMetric
from .pdj_accuracy import PDJAccuracy
from .person_box_metric import PersonBoxMetric

__all__ = [
    'DumpPredictions',
    'HeadPCKAccuracy',
    'JointDistanceAccuracy',
    'JointErrorMetric',
    'PDJAccuracy',
    'PersonBoxMetric',
]
