"""Skeletons from a depth sensor or a recording, frame by frame.

Nothing here needs torch or MMPose.
"""
from .box_tracker import BoxTracker
from .loop import LiveLoop, LiveResult
from .one_euro import OneEuroFilter
from .open_source import open_source
from .pose_smoother import PoseSmoother
from .recorded import RecordedSource
from .recorder import Recorder
from .source import DepthSource, DeviceLost, NoFrame, SourceEnded

__all__ = [
    'BoxTracker', 'DepthSource', 'DeviceLost', 'LiveLoop', 'LiveResult',
    'NoFrame', 'OneEuroFilter', 'PoseSmoother', 'RecordedSource', 'Recorder',
    'SourceEnded', 'open_source'
]
