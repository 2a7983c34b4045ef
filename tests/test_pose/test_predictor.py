"""The predictor on networks whose outputs are known in closed form."""

import warnings

import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import Camera, camera_from_fov
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.person_box import find_person_box
from mmpose_cmb.pose import PosePredictor
from mmpose_cmb.pose.frame_boxes import ASSUMED_FOV_DEG
from mmpose_cmb.pose.given_boxes import given_boxes
from mmpose_cmb.pose.model_spec import parse_spec
from mmpose_cmb.pose.predictor import NOBODY_OF_SIZE, OFF_MIDDLE, RESIZED

from ..known_network import KEYPOINTS, METADATA_JSON, UVD

CAMERA = Camera(140.0, 150.0, 79.5, 59.5)
BOX = [[60, 20, 90, 110]]


class KnownNetwork:
    """Scores are the crop's mean; keeps the sizes of its batches."""

    def __init__(self):
        self.batches = []

    def __call__(self, crops):
        assert crops.dtype == np.float32 and crops.shape[1:] == (1, 32, 32)
        self.batches.append(len(crops))
        means = crops.mean((1, 2, 3))[:, None]
        return [
            np.repeat(KEYPOINTS, len(crops), 0),
            np.repeat(means, 2, 1),
            np.repeat(UVD, len(crops), 0),
        ]


@pytest.fixture
def spec():
    return parse_spec(METADATA_JSON, 'known')


@pytest.fixture
def predictor(spec):
    return PosePredictor(KnownNetwork(), spec)


def _frame(intrinsics=CAMERA, **options):
    """A rounded column of a person's size, 2.5 m away, before nothing."""
    depth = np.zeros((120, 160), np.float32)
    depth[20:110, 60:90] = 2.5 + np.linspace(-1, 1, 30) ** 2 * 0.3
    return DepthFrame(depth, intrinsics, **dict(name='one.png', **options))


def test_joints_in_the_frame_in_closed_form(predictor):
    boxes = np.array([[60, 20, 90, 110], [70, 30, 110, 50]])
    ((first, second),) = predictor.estimate([_frame()], [boxes])
    # Sides 1.25 times as long, made square around the box's centre.
    for person, centre, side, box in (
        (first, (75, 65), 112.5, boxes[0]),
        (second, (90, 40), 50, boxes[1]),
    ):
        corner = np.array(centre) - side / 2
        np.testing.assert_allclose(
            person.keypoints, [corner, corner + [side, side / 2]], atol=1e-4
        )
        np.testing.assert_array_equal(person.bbox, box)
        assert person.bbox_score == 1


def test_joints_in_the_camera_in_closed_form(predictor):
    frame = _frame()
    frame.depth_m[20:110, 60:90] = 2.5
    (person,) = predictor.predict(frame, BOX)
    # The person's depth is 2.5 m; 0.5 and -0.25 half ranges of 0.5 m from it.
    fx, fy, cx, cy = CAMERA[:4]
    expected = [
        [(u - cx) / fx * z, (v - cy) / fy * z, z]
        for u, v, z in ((18.75, 8.75, 2.75), (75, 65, 2.375))
    ]
    np.testing.assert_allclose(person.keypoints_cam, expected, rtol=1e-6)
    assert person.keypoints_cam.dtype == np.float32
    foot = person.joint('foot')
    np.testing.assert_array_equal(foot.camera_m, person.keypoints_cam[1])
    np.testing.assert_array_equal(foot.pixel, person.keypoints[1])
    assert foot.score == person.keypoint_scores[1]
    with pytest.raises(KeyError, match='no joint "hand"; there are head, foo'):
        person.joint('hand')


def test_the_network_sees_the_normalised_crop(predictor):
    """Its scores are the crop's mean: a half range nearer is -1, holes 1."""
    depth = np.full((100, 100), 2.0, np.float32)
    depth[:, 80:] = 0
    depth[:, :20] = 1.75
    # Crop column i is the frame's 10 + 80 / 31 i: 4 are nearer than the
    # person's depth by half a half range, 5 are holes.
    (person,) = predictor.predict(DepthFrame(depth, CAMERA), [[18, 18, 82, 82]])
    np.testing.assert_allclose(person.keypoint_scores, (-0.5 * 4 + 5) / 32, rtol=1e-5)


def test_holes_in_memory_are_holes(predictor):
    """NaN, infinity, negative and masked values, as 0 is."""
    depth = np.full((100, 100), 2.0, np.float32)
    depth[:, :20] = 1.75
    expected = depth.copy()
    expected[:, 80:] = 0
    (person,) = predictor.predict(DepthFrame(expected, CAMERA), [[18, 18, 82, 82]])
    for hole in (np.nan, np.inf, -np.inf, -1.0):
        holed = depth.copy()
        holed[:, 80:] = hole
        (found,) = predictor.predict(DepthFrame(holed, CAMERA), [[18, 18, 82, 82]])
        np.testing.assert_array_equal(found.keypoint_scores, person.keypoint_scores)
        np.testing.assert_array_equal(found.keypoints_cam, person.keypoints_cam)
    mask = np.zeros(depth.shape, bool)
    mask[:, 80:] = True
    (found,) = predictor.predict(
        DepthFrame(np.ma.masked_array(depth, mask), CAMERA), [[18, 18, 82, 82]]
    )
    np.testing.assert_array_equal(found.keypoint_scores, person.keypoint_scores)


def test_floats_in_millimetres_are_known(predictor):
    frame = _frame()
    (person,) = predictor.predict(frame, BOX)
    (found,) = predictor.predict(DepthFrame(frame.depth_m * 1000, CAMERA), BOX)
    np.testing.assert_allclose(found.keypoints_cam, person.keypoints_cam, rtol=1e-5)


@pytest.mark.parametrize('factor', [0.1, 4, 8])
def test_what_has_no_persons_size_is_no_person(predictor, factor):
    """Of a wrong unit: centimetres, quarters of a millimetre."""
    assert len(predictor.predict(_frame())) == 1
    frame = DepthFrame(_frame().depth_m * np.float32(factor), CAMERA)
    assert predictor.predict(frame) == []
    (outcome,) = next(predictor.run(predictor.list_frames([frame])))
    assert 'the unit or the camera are wrong' in outcome.problem


def test_a_principal_point_off_the_middle_is_told(predictor):
    for cx, told in ((79.5, False), (110.0, True)):
        frame = _frame(CAMERA._replace(cx=cx))
        (outcome,) = next(predictor.run(predictor.list_frames([frame])))
        assert (OFF_MIDDLE in outcome.notes) == told


@pytest.mark.parametrize('interpolation', [cv2.INTER_NEAREST, cv2.INTER_LINEAR])
def test_a_frame_resized_across_its_holes_is_told(predictor, interpolation):
    depth_m = np.full((200, 260), 3.0, np.float32)
    cv2.circle(depth_m, (130, 100), 40, 0.0, -1)
    depth_m = cv2.resize(depth_m, (160, 120), interpolation=interpolation)
    ((outcome,),) = predictor.run(predictor.list_frames([depth_m], 1.0, CAMERA[:4]))
    resized = interpolation == cv2.INTER_LINEAR
    assert (RESIZED in outcome.notes) == resized == bool((depth_m[depth_m > 0] < 2).any())
    left_m = outcome.frame.depth_m
    assert (left_m[left_m > 0] > 2.4).all()


def test_without_joints_in_space(spec):

    def flat(crops):
        return KnownNetwork()(crops)[:2]

    (person,) = PosePredictor(flat, spec._replace(space=False)).predict(_frame(), BOX)
    assert person.keypoints_cam is None and person.keypoints.shape == (2, 2)
    assert person.joint('head').camera_m is None


def test_without_intrinsics_there_is_no_space(predictor):
    (person,) = predictor.predict(_frame(None), BOX)
    assert person.keypoints_cam is None


def test_the_person_is_found_where_no_box_is_given(predictor):
    frame = _frame()
    (person,) = predictor.predict(frame)
    found = find_person_box(frame.depth_m, Camera(*CAMERA[:4], 160, 120))
    np.testing.assert_array_equal(person.bbox, found.bbox)
    assert person.bbox_score == pytest.approx(found.score)


def test_a_usual_camera_finds_the_person_where_it_is_unknown(predictor):
    frame = _frame(None)
    (outcome,) = next(predictor.run(predictor.list_frames([frame])))
    found = find_person_box(frame.depth_m, camera_from_fov(160, 120, ASSUMED_FOV_DEG))
    np.testing.assert_array_equal(outcome.persons[0].bbox, found.bbox)
    assert outcome.boxes.camera_assumed
    assert any('65 degrees is assumed' in note for note in outcome.notes)
    assert any('in pixels alone' in note for note in outcome.notes)


def test_a_box_that_is_a_guess_has_the_score_0(predictor):
    wall = DepthFrame(np.full((120, 160), 3, np.float32))
    (person,) = predictor.predict(wall)
    np.testing.assert_array_equal(person.bbox, [0, 0, 159, 119])
    assert person.bbox_score == 0


def test_nobody_is_no_error(predictor):
    holes = DepthFrame(np.zeros((120, 160), np.float32), CAMERA)
    wall = DepthFrame(np.full((120, 160), 3, np.float32), CAMERA)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert predictor.estimate([holes, wall, holes]) == [[], [], []]
        assert predictor.predict(holes, [[1, 2, 30, 40]]) == []
        assert predictor.predict(_frame(), []) == []
        assert predictor.estimate([]) == []
    assert predictor.network.batches == []


def test_a_box_without_a_valid_pixel_has_no_person(predictor):
    assert predictor.predict(_frame(), [[0, 0, 20, 15]]) == []


def test_persons_of_several_frames_run_at_once(predictor):
    rng = np.random.default_rng(0)
    low = rng.uniform(20, 60, (21, 2))
    boxes = np.concatenate([low, low + rng.uniform(30, 50, (21, 2))], 1)
    split = [boxes[:3], boxes[:0], boxes[3:4], boxes[4:]]
    together = predictor.estimate([_frame()] * 4, split)
    assert predictor.network.batches == [21]
    assert [len(persons) for persons in together] == [3, 0, 1, 17]
    for person, box in zip([p for ps in together for p in ps], boxes):
        (alone,) = predictor.predict(_frame(), [box])
        np.testing.assert_array_equal(person.bbox, np.float32(box))
        for name in ('keypoints', 'keypoint_scores', 'keypoints_cam'):
            np.testing.assert_allclose(getattr(person, name), getattr(alone, name), rtol=1e-6)


def test_background_of_the_model_is_cut_off(spec):
    predictor = PosePredictor(KnownNetwork(), spec._replace(background_m=2.0))
    depth = np.full((100, 100), 2.2, np.float32)
    depth[:, :50] = 1.9
    frame = DepthFrame(depth, CAMERA)
    (person,) = predictor.predict(frame, [[10, 10, 90, 90]])
    # 1.9 m is the person; the other half would be 0.6 with the background.
    np.testing.assert_allclose(person.keypoint_scores, 0.5, atol=0.02)
    assert (depth[:, 50:] == np.float32(2.2)).all()  # the frame is not changed
    # Without a box: that of the hand which is left, and 10 % around it.
    depth[:] = 2.2
    depth[40:48, 30:42] = 1.9
    (person,) = predictor.predict(DepthFrame(depth, CAMERA))
    np.testing.assert_allclose(person.bbox, [28.8, 38.8, 42.2, 48.2], atol=1.1)


@pytest.mark.parametrize(
    'boxes, message',
    [
        ([[1, 2, 3]], r'one.png: boxes must have the shape \[N, 4\]'),
        ([[30, 2, 3, 40]], r'one.png: \[30.0, 2.0, 3.0, 40.0\] is not a box'),
        ([[0, 0, np.nan, 40]], 'is not a box'),
        ([[0, 0, 9, 9, np.nan]], 'is not a box'),
        ([[0.3, 0.1, 0.7, 0.6]], 'one.png: the box .* parts of the width and height'),
        ([[1, 2, 3, 4], [1, 2]], 'one.png: boxes must be numbers'),
        ([dict(bbox=[1, 2, 3, 4])], 'one.png: boxes must be numbers'),
        ([['a', 'b', 'c', 'd']], 'one.png: boxes must be numbers'),
    ],
)
def test_boxes_that_are_none(predictor, boxes, message):
    with pytest.raises(ValueError, match=message):
        predictor.estimate([_frame()], [boxes])


@pytest.mark.parametrize(
    'frames, message',
    [
        (
            [DepthFrame(np.zeros((3, 4, 3), np.float32), name='c.png')],
            r'c.png: depth must .* got \(3, 4, 3\)',
        ),
        (
            [DepthFrame(np.full((40, 40), 2500, np.uint16), name='mm')],
            'mm: depth_m is uint16 and must be metres',
        ),
        (
            [DepthFrame(np.full((40, 40), 0.025, np.float32), name='cm')],
            'cm: the unit cannot be guessed: the middle value is 0.025',
        ),
        ([np.ones((40, 40), np.float32)], r'expected DepthFrame\(depth_m'),
        (np.ones((40, 40), np.float32), 'takes a list of frames, got one ndarray'),
        (DepthFrame(np.ones((40, 40), np.float32)), r'predict\(frame\) takes one'),
    ],
)
def test_frames_that_are_none(predictor, frames, message):
    with pytest.raises(ValueError, match=message):
        predictor.estimate(frames)


def test_as_many_boxes_as_frames(predictor):
    with pytest.raises(ValueError, match='2 frames need as many'):
        predictor.estimate([_frame()] * 2, [None])


def test_what_drawing_needs(predictor):
    assert predictor.keypoint_names == ['head', 'foot']
    assert predictor.skeleton_links == [(0, 1)]
    assert predictor.keypoint_colors == [(255, 0, 0), (0, 255, 0)]
    assert predictor.link_colors == [(0, 0, 255)]


def test_a_specification_that_contradicts_itself_is_refused(spec):
    with pytest.raises(ValueError, match='half_range_m cannot be right'):
        PosePredictor(KnownNetwork(), spec._replace(half_range_m=-1.0))


@pytest.mark.parametrize('batch_size', [1, 2, 9])
def test_a_broken_frame_costs_that_frame_and_shifts_no_box(predictor, tmp_path, batch_size):
    for i in range(4):
        write_depth_png_mm(str(tmp_path / f'{i}.png'), _frame().depth_m)
    (tmp_path / '1.png').write_bytes(b'nothing')
    references = predictor.list_frames(str(tmp_path), intrinsics=CAMERA)
    boxes = [[[50 + i, 20, 95, 110]] for i in range(4)]
    outcomes = [
        outcome
        for batch in predictor.run(references, given_boxes(boxes, references), batch_size)
        for outcome in batch
    ]
    assert [outcome.failed for outcome in outcomes] == [0, 1, 0, 0]
    assert '1.png: not a whole PNG' in outcomes[1].problem
    for i in (0, 2, 3):
        np.testing.assert_array_equal(outcomes[i].persons[0].bbox, boxes[i][0])


def test_why_there_is_nobody(predictor):
    holes = DepthFrame(np.zeros((120, 160), np.float32), CAMERA, 'holes')
    wall = DepthFrame(np.full((120, 160), 3, np.float32), CAMERA, 'wall')
    references = predictor.list_frames([holes, wall, _frame()])
    boxes = given_boxes([None, None, [[0, 0, 20, 15]]], references)
    problems = [outcome.problem for batch in predictor.run(references, boxes) for outcome in batch]
    assert problems == [
        'holes: no pixel is valid, the whole frame is holes',
        f'wall: {NOBODY_OF_SIZE}',
        'one.png: no pixel in the boxes is valid',
    ]


def test_invalid_values_of_the_model(spec):
    """Of stored arrays, unless the user says others."""
    predictor = PosePredictor(KnownNetwork(), spec._replace(invalid_values=(0.0, 7000.0)))
    stored = np.rint(_frame().depth_m * 1000).astype(np.uint16)
    stored[:20] = 7000
    frame = predictor.list_frames(stored)[0].read()
    assert not frame.depth_m[:20].any()
    frame = predictor.list_frames(stored, invalid_values=(0,))[0].read()
    np.testing.assert_allclose(frame.depth_m[:20], 7, rtol=1e-6)
