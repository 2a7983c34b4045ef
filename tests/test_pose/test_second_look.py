"""Box and joints together decide who is a person, on scores known in closed form."""

import json

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.pose import PosePredictor
from mmpose_cmb.pose.model_spec import parse_spec
from mmpose_cmb.pose.person_finder import PersonFinder
from mmpose_cmb.pose.predictor import NOBODY
from mmpose_cmb.pose.second_look import second_look

from .. import known_detector, known_network

CAMERA = (80.0, 80.0, 15.5, 11.5)
FINDER = dict(known_detector.METADATA, joints_decide=True)
# Scores of the boxes: 80 pixels to the metre, divided by the distance.
SPOTS = ((4, 1, 80 / 60), (1, 6, 80 / 25), (4, 6, 80 / 18))
BOX_SCORES = np.array([0.6, 0.25, 0.18])


class Joints:
    """A network whose joints have the scores that a test wants, crop by crop."""

    def __init__(self, *scores):
        self.scores = scores
        self.crops = 0

    def __call__(self, crops):
        number = len(crops)
        self.crops += number
        scores = np.repeat(np.float32(self.scores)[:number, None], 2, axis=1)
        space = np.float32([[[0, 0, 0.5], [16, 16, -0.25]]]).repeat(number, 0)
        return [space[..., :2], scores, space]


def predictor(tmp_path, *scores, finder=FINDER, calibrated=True, **options):
    """Boxes 6 to 9 pixels from each spot's middle."""
    path = known_detector.write_known_detector(tmp_path / 'finder.onnx', finder)
    spec = parse_spec(json.dumps(dict(known_network.METADATA, calibrated=calibrated)), 'x')
    return PosePredictor(Joints(*scores), spec, PersonFinder(path, threads=1, **options))


@pytest.fixture
def frame():
    return DepthFrame(known_detector.spots_m(*SPOTS), CAMERA, 'one.png')


def test_good_joints_make_a_person_of_a_weak_box(tmp_path, frame):
    """The least score is 0.3: boxes are proposed from 0.15 on."""
    people = predictor(tmp_path, 0.9, 0.5, 0.9).predict(frame)
    expected = np.sqrt(BOX_SCORES * (0.9, 0.5, 0.9))
    np.testing.assert_allclose([p.bbox_score for p in people], np.sort(expected)[::-1], rtol=1e-4)
    assert len(people) == 3 and people[1].keypoint_scores[0] == np.float32(0.9)


def test_bad_joints_take_a_box_away(tmp_path, frame):
    (person,) = predictor(tmp_path, 0.1, 0.5, 0.3).predict(frame)
    assert person.bbox_score == pytest.approx(np.sqrt(0.25 * 0.5), rel=1e-4)


def test_the_users_least_score_is_that_of_box_and_joints(tmp_path, frame):
    people = predictor(tmp_path, 0.9, 0.5, 0.9, least_score=0.38).predict(frame)
    # Of 0.73, 0.35 and 0.40; the last box has less than half and is not proposed.
    assert [p.bbox_score for p in people] == pytest.approx([np.sqrt(0.6 * 0.9)], rel=1e-4)


def test_boxes_that_are_given_stay(tmp_path, frame):
    boxes = [[1, 2, 20, 20], [1, 2, 20, 21]]
    people = predictor(tmp_path, 0.01, 0.01).predict(frame, boxes)
    assert [p.bbox.tolist() for p in people] == boxes
    assert [p.bbox_score for p in people] == [1, 1]


@pytest.mark.parametrize('options', [dict(calibrated=False), dict(finder=known_detector.METADATA)])
def test_elsewhere_boxes_decide(tmp_path, frame, options):
    """Scores that are no probabilities, or a finder that does not ask for it."""
    (person,) = predictor(tmp_path, 0.01, 0.9, 0.9, **options).predict(frame)
    assert person.bbox_score == pytest.approx(0.6, rel=1e-4)


def test_nobody_left_is_nobody(tmp_path, frame):
    judged = predictor(tmp_path, 0.01, 0.01, 0.01)
    (outcome,) = next(judged.run(judged.list_frames([frame])))
    assert outcome.persons == [] and NOBODY in outcome.problem and not outcome.failed
    assert judged.network.crops == 3


def test_one_in_two_boxes_is_one_and_the_surer(tmp_path):
    """Two boxes 8 pixels, 9 cm apart, and all joints alike in both."""
    spots_m = known_detector.spots_m((2, 3, 80 / 90), (2, 5, 80 / 85), wall_m=0.0)
    frame = DepthFrame(spots_m, CAMERA)
    (person,) = predictor(tmp_path, 0.5, 0.9).predict(frame)
    assert person.bbox_score == pytest.approx(np.sqrt(0.85 * 0.9), rel=1e-4)
    # Without a word of the joints on who is a person, too.
    (person,) = predictor(tmp_path, 0.5, 0.9, calibrated=False).predict(frame)
    assert person.bbox_score == pytest.approx(0.9, rel=1e-4)


def test_a_finder_of_another_kind_has_none(tmp_path):
    spec = parse_spec(json.dumps(dict(known_network.METADATA, calibrated=True)), 'x')
    assert second_look(spec, None) is None
    assert second_look(spec, lambda frame: ([], [])) is None
