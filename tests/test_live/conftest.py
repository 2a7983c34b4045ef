"""Things that stand for a clock, a source and an estimator."""

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.live import DepthSource, SourceEnded, TrackedPerson


class FakeClock:
    """Seconds that rise when somebody sleeps, and only then."""

    def __init__(self):
        self.now_s = 100.0
        self.slept_s = []

    def __call__(self):
        return self.now_s

    def sleep(self, seconds):
        self.slept_s.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock():
    return FakeClock()


def make_frame(value_m=2.0, index=0):
    """A frame whose depth is the same everywhere."""
    return DepthFrame(
        np.full((24, 32), value_m, np.float32), (30.0, 30.0, 16.0, 12.0), f'frame {index}', index
    )


def make_person(x=10.0, y=5.0, score=0.8, side=10.0, cam=True):
    """Three joints in the corner, the middle and the far corner of a box."""
    keypoints = np.float32([[x, y], [x + side / 2, y + side / 2], [x + side, y + side]])
    return PersonPose(
        keypoints,
        np.full(3, score, np.float32),
        np.float32([x, y, x + side, y + side]),
        keypoints_cam=np.column_stack([keypoints / 20, [2.0, 2, 2]]).astype(np.float32)
        if cam
        else None,
    )


class ScriptedSource(DepthSource):
    """Does one thing of a list at each call: a frame, or an exception.

    Things for ``open`` are taken from a list of their own; where it is empty,
    opening works.
    """

    name = 'scripted'
    fps = 30.0

    def __init__(self, reads, opens=()):
        self.reads, self.opens = list(reads), list(opens)
        self.opened = self.closed = 0

    def open(self):
        self.opened += 1
        if self.opens:
            thing = self.opens.pop(0)
            if isinstance(thing, Exception):
                raise thing

    def close(self):
        self.closed += 1

    def read(self, timeout_s=1.0):
        if not self.reads:
            raise SourceEnded('scripted: the end')
        thing = self.reads.pop(0)
        if callable(thing):
            thing = thing()
        if isinstance(thing, Exception):
            raise thing
        return thing


class ScriptedEstimator:
    """Gives one thing of a list at each call; the last one for ever."""

    def __init__(self, *results):
        self.results = list(results)
        self.seen = []

    def estimate(self, frames, bboxes=None):
        assert len(frames) == 1
        self.seen.append((frames[0], None if bboxes is None else bboxes[0]))
        result = self.results[0]
        if len(self.results) > 1:
            self.results.pop(0)
        if callable(result):
            result = result()
        if isinstance(result, Exception):
            raise result
        return [result]


def make_tracked(id, *args, **kwargs):
    """The same person, known by an id."""
    return TrackedPerson.from_pose(make_person(*args, **kwargs), id)


@pytest.fixture
def fakes():
    """The makers above, for tests that cannot import this file."""

    class Fakes:
        frame = staticmethod(make_frame)
        person = staticmethod(make_person)
        tracked = staticmethod(make_tracked)
        source = ScriptedSource
        estimator = ScriptedEstimator

    return Fakes
