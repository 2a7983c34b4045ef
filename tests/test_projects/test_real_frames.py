import sys
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.depth.frame import PersonPose
from mmpose_cmb.formats.itop import ITOP_JOINTS
from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'real_frames'


@pytest.fixture
def score(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    yield __import__('score')
    for name in ('score', 'evaluate'):
        sys.modules.pop(name, None)


class Known:
    """Gives the labels moved by a constant offset for each joint; some joints are wrong."""

    keypoint_names = ITOP_JOINTS[::-1]

    def __init__(self, frames, offset_px, wrong):
        self.frames, self.offset_px, self.wrong = frames, offset_px, wrong
        self.row = 0

    def predict(self, frame, bboxes=None):
        pixels = self.frames.keypoints_px[self.row] + self.offset_px
        pixels[self.wrong[self.row]] += 100
        self.row += 1
        box = np.array([0, 0, 1, 1]) if bboxes is None else bboxes[0]
        return [PersonPose(pixels[::-1], np.ones(15), box)]


@pytest.fixture
def frames(score):
    rng = np.random.default_rng(0)
    labels = rng.uniform(20, 90, (9, 15, 2))
    labels[:, 1] = labels[:, 0] + (0, 10)
    seen = np.ones((9, 15), bool)
    seen[:, 4] = False
    depth_m = [np.ones((100, 100), np.float32)] * 9
    return score.RealSet('known', depth_m, None, labels, seen, None, True)


def test_constant_offsets_are_taken_off_and_mistakes_count(score, frames):
    wrong = np.zeros((9, 15), bool)
    wrong[:3, 6] = True
    offset_px = np.zeros((15, 2))
    offset_px[8] = (0, 7)
    found = score.score(Known(frames, offset_px, wrong), frames, find=False)
    assert found.pckh == pytest.approx(100 * (14 * 9 - 9 - 3) / (14 * 9))
    assert found.pckh_placed == pytest.approx(100 * (14 * 9 - 3) / (14 * 9))
    assert found.found == 100 and found.per_joint[6] == pytest.approx(100 * 6 / 9)


class KnownByKinect(Known):
    """The same joints by K2HPD's names, among others that are elsewhere."""

    keypoint_names = K2HPD_JOINTS

    def predict(self, frame, bboxes=None):
        (person,) = super().predict(frame, bboxes)
        itop = dict(zip(ITOP_JOINTS, person.keypoints[::-1]))
        itop.update(mid_spine=itop.pop('torso'), spine_shoulder=itop.pop('neck'))
        pixels = np.array([itop.get(name, (-99, -99)) for name in K2HPD_JOINTS])
        return [PersonPose(pixels, np.ones(19), person.bbox)]


def test_kinects_joints_stand_for_itops(score, frames):
    nothing = np.zeros((9, 15), bool)
    found = score.score(KnownByKinect(frames, np.zeros((15, 2)), nothing), frames, find=False)
    assert found.pckh == 100 and found.mean_px == 0


def test_whoever_is_not_found_has_no_right_joint(score, frames):
    known = Known(frames, np.zeros((15, 2)), np.zeros((9, 15), bool))
    with pytest.warns(RuntimeWarning, match='All-NaN'):
        found = score.score(known, frames, find=True)
    assert (found.pckh, found.found, found.boxes) == (0, 0, 1)


def test_overlap_in_closed_form(score):
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], float)
    np.testing.assert_allclose(score.overlap(boxes, boxes[0]), [1, 1 / 3, 0])


def test_found_is_who_fits_the_seen_joints_or_the_whole_body(score):
    seen, whole = np.array([0.0, 0, 10, 10]), np.array([0.0, 0, 10, 30])
    near, other = (
        PersonPose(np.zeros((15, 2)), np.ones(15), np.array(box, float))
        for box in ([0, 0, 10, 29], [40, 0, 50, 10])
    )
    assert score.best_person([other, near], seen) is None
    assert score.best_person([other, near], seen, whole) is near
    assert score.best_person([], seen, whole) is None


def test_the_scale_of_frames_without_one_comes_from_the_heads(score):
    """Heads 8 cm beneath a surface at half of the farthest; one is hidden by a hole."""
    depth01 = np.full((5, 20, 20), 0.5)
    depth01[4] = 0
    labels_px = np.full((5, 15, 2), 9.0)
    labels_m = np.zeros((5, 15, 3))
    labels_m[:, 0, 2] = (1.47, 1.48, 1.48, 1.9, 9.0)
    data = dict(depth01=depth01, kpt_crop_xy=labels_px, kpt_world_m=labels_m)
    np.testing.assert_allclose(score.metres_of_one(data), 2.8)
    assert score.metres_of_one(dict(data, scale_m_est=3)) == 3


def test_what_is_beyond_the_image_nobody_must_find(score):
    """Hands out of the image make a label's box three times as wide as the image."""
    label = np.array([[-100.0, 0, 200, 60]])
    person = PersonPose(np.zeros((15, 2)), np.ones(15), np.array([0.0, 0, 100, 60]))
    assert score.best_person([person], *label) is None
    assert score.best_person([person], *score.inside(label, 100, 100)) is person
    np.testing.assert_array_equal(score.inside(label, 100, 100), [[0, 0, 100, 60]])


def test_heads_are_as_far_off_as_their_pixels_say(score, frames):
    """3 pixels at 2 m with a focal length of 100 pixels are 6 cm."""
    labels_m = np.full((9, 15, 3), 2.0)
    camera = score.Camera(100.0, 100.0, 50.0, 50.0, 100, 100)
    frames = frames._replace(camera=camera, keypoints_m=labels_m)
    known = Known(frames, np.array([3.0, 0]), np.zeros((9, 15), bool))
    off_m = score.heads_found(known, score.labelled_heads(frames))
    np.testing.assert_allclose(off_m, 0.06)
