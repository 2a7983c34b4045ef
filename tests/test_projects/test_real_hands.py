import sys
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.depth.frame import PersonPose
from mmpose_cmb.formats.astar import ASTAR_JOINTS

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'real_frames'


@pytest.fixture
def hands(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    yield __import__('hands')
    for name in ('hands', 'evaluate'):
        sys.modules.pop(name, None)


class Known:
    """Gives the labels, in another order, moved by an offset; of some frames another box."""

    keypoint_names = ASTAR_JOINTS[::-1]

    def __init__(self, frames, offset_m, lost):
        self.frames, self.offset_m, self.lost, self.row = frames, offset_m, lost, 0

    def predict(self, frame, bboxes=None):
        pixels = self.frames.keypoints_px[self.row]
        space = self.frames.keypoints_m[self.row] + self.offset_m
        low, high = pixels.min(0), pixels.max(0)
        box = np.concatenate([low, high]) + 500 * (self.row in self.lost)
        self.row += 1
        if bboxes is not None:
            box = bboxes[0]
        return [PersonPose(pixels[::-1] + (3, 4), np.ones(20), box, 1.0, space[::-1])]


def test_distances_in_closed_form(hands, tmp_path):
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.1, 0.1, (4, 21, 3)) + (0, 0, 0.5)
    matrix = np.array([(400.0, 0, 320), (0, 400, 240), (0, 0, 1)])
    pixels = points[..., :2] / points[..., 2:] * 400 + (320, 240)
    np.savez(
        tmp_path / hands.FILE,
        depth_mm=np.full((4, 480, 640), 500, np.uint16),
        K=matrix,
        joints2d=pixels,
        joints3d_m=points,
    )
    frames = hands.read_hands(tmp_path / hands.FILE)
    assert frames.camera == Camera(400, 400, 320, 240, 640, 480)
    # The thumb's first joint is left out.
    np.testing.assert_array_equal(frames.keypoints_m, np.delete(points, 1, axis=1))
    offset_m = np.zeros((20, 3))
    offset_m[7] = (0.003, 0, 0.004)
    errors = hands.score_hands(Known(frames, offset_m, ()), frames, find=False)
    np.testing.assert_allclose(errors.mm, [[0] * 7 + [5] + [0] * 12] * 4, atol=1e-9)
    np.testing.assert_allclose(errors.placed_mm, 0, atol=1e-9)
    np.testing.assert_allclose(errors.px, 5)
    assert errors.found.all()
    lost = hands.score_hands(Known(frames, offset_m, (1,)), frames, find=True)
    assert lost.found.tolist() == [True, False, True, True] and np.isnan(lost.mm[1]).all()
    row = hands.table_row(lost, 'found', joints=False)
    assert row['found'] == '3 of 4' and row['within 2 cm, %'] == pytest.approx(75)
