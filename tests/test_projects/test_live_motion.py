"""How steadily somebody is seen, on ids made by hand and a scripted estimator."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.live import PersonTracker

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'live_motion'


@pytest.fixture(scope='module')
def flicker():
    spec = importlib.util.spec_from_file_location('flicker', PROJECT / 'flicker.py')
    module = importlib.util.module_from_spec(spec)
    sys.modules['flicker'] = module
    spec.loader.exec_module(module)
    return module


def test_gaps_and_ids(flicker):
    found = flicker.steadiness([[], [1], [], [], [1, 2], [3], []], 5.0)
    # After the first frame with somebody: seen, two not, two seen, one not.
    assert found == flicker.Steadiness(3 / 6, 1, 3, pytest.approx(1 / 7), 5.0)
    assert flicker.steadiness([[], []], 5.0) == flicker.Steadiness(0.0, 0, 0, 0.0, 5.0)


def test_a_search_that_misses_every_second_time_makes_no_gap(flicker):
    person = PersonPose(
        np.float32([[10, 10], [20, 40]]), np.full(2, 0.5), np.float32([10, 10, 20, 40])
    )

    class Estimator:
        searches = 0

        def estimate(self, frames, bboxes=None):
            if bboxes is None:
                self.searches += 1
                return [[person] if self.searches % 2 else []]
            return [[person]]

    frames = [DepthFrame(np.ones((60, 60), np.float32), time_s=i / 30) for i in range(20)]
    ids, _ = flicker.follow(Estimator(), frames, PersonTracker(max_frames=0))
    assert ids == [[1]] * 20
