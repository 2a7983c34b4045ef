"""Skeletons from a depth sensor or a recording, frame by frame.

Nothing here needs torch or MMPose.
"""

from .loop import LiveLoop, LiveResult
from .one_euro import OneEuroFilter
from .open_source import open_source
from .person_tracker import PersonTracker
from .pose_smoother import PoseSmoother
from .recorded import RecordedSource
from .recorder import Recorder
from .source import DepthSource, DeviceLost, NoFrame, SourceEnded
from .tracked_person import TrackedPerson

__all__ = [
    'DepthSource',
    'DeviceLost',
    'LiveLoop',
    'LiveResult',
    'NoFrame',
    'OneEuroFilter',
    'PersonTracker',
    'PoseSmoother',
    'RecordedSource',
    'Recorder',
    'SourceEnded',
    'TrackedPerson',
    'open_source',
]
