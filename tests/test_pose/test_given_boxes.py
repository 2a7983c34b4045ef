"""Boxes that a user gives, by the frames that they are for."""

import json

import numpy as np
import pytest

from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.pose.given_boxes import best_boxes, given_boxes

BOX = np.float32([[100, 30, 200, 235]])
DETECTION = dict(category_id=1, bbox=[100, 30, 100, 205], score=0.9)
CAMERA = ITOP_CAMERA[:4]


def person_frame():
    """A column of a person's size 2.5 m away, a wall at 4 m."""
    depth_m = np.full((240, 320), 4, np.float32)
    depth_m[40:230, 120:180] = 2.5 + np.linspace(-1, 1, 60) ** 2 * 0.3
    return depth_m


@pytest.fixture
def references():
    frames = [
        DepthFrame(person_frame(), CAMERA, name=f'rec/{name}.png', index=i)
        for i, name in enumerate('abc')
    ]
    return list_frames(frames)


@pytest.fixture
def write_file(tmp_path):

    def write(*detections):
        path = tmp_path / 'boxes.json'
        path.write_text(json.dumps(detections))
        return str(path)

    return write


def asked(boxes_of, references):
    """The boxes of each frame, asked in another order than given."""
    found = {i: boxes_of(i, references[i].read()) for i in reversed(range(len(references)))}
    return [found[i] for i in range(len(references))]


def test_none_means_looking(references):
    assert asked(given_boxes(None, references), references) == [None] * 3


def test_the_same_for_every_frame(references):
    for boxes, number in ((BOX[0], 1), (BOX, 1), (np.tile(BOX, (4, 1)), 4)):
        found = asked(given_boxes(boxes, references), references)
        assert [len(f) for f in found] == [number] * 3
    with pytest.raises(ValueError, match='of every frame, or one box for'):
        given_boxes(np.tile(BOX, (3, 1)), references)


def test_an_entry_for_each_frame(references):
    entries = [BOX[0], None, np.zeros((0, 4))]
    first, second, third = asked(given_boxes(entries, references), references)
    np.testing.assert_array_equal(first, BOX)
    assert second is None and third.shape == (0, 4)
    with pytest.raises(ValueError, match='3 frames need as many.*got 2'):
        given_boxes([BOX, BOX], references)


def test_a_detectors_file_by_number_and_by_name(references, write_file):
    path = write_file(
        dict(DETECTION, image_id=0),
        dict(DETECTION, image_id=0, bbox=[101, 30, 100, 205], score=0.8),
        dict(DETECTION, image_id=1, score=0.2),
        dict(DETECTION, image_id='c.png', score=0.5),
    )
    first, second, third = asked(given_boxes(path, references), references)
    # One is left after NMS; the score of the second is too low.
    np.testing.assert_allclose(first, [[100, 30, 200, 235, 0.9]])
    assert len(second) == 0
    np.testing.assert_allclose(third, [[100, 30, 200, 235, 0.5]])
    low = asked(given_boxes(path, references, bbox_thr=0.1), references)
    assert [len(found) for found in low] == [1, 1, 1]
    both = asked(given_boxes(path, references, nms_thr=0.99), references)
    assert [len(found) for found in both] == [2, 0, 1]


def test_a_file_of_other_frames_is_refused(references, write_file):
    path = write_file(dict(DETECTION, image_id='other'))
    with pytest.raises(ValueError, match=r"none of its 1 images \('other' ...\) is one of the 3"):
        given_boxes(path, references)
    with pytest.raises(FileNotFoundError, match='nowhere.json'):
        given_boxes('nowhere.json', references)


def test_ids_that_count_from_1(references, write_file):
    path = write_file(*(dict(DETECTION, image_id=i) for i in (1, 2, 3)))
    with pytest.raises(ValueError, match='numbered 1 to 3, and the frames 0 to 2: subtract 1'):
        given_boxes(path, references)
    # Of a part of the frames nothing is known of the others.
    assert given_boxes(path, references[:2])


def test_how_many_fit_is_told(references, write_file):
    path = write_file(*(dict(DETECTION, image_id=i) for i in (0, 2, 7, 'x.png')))
    given_boxes(path, references)
    assert (
        references[0]
        .notes[-1]
        .endswith(': 2 of its 4 images are frames here; the others are not used')
    )


def test_the_form_of_boxes(references, write_file):
    corners = [dict(DETECTION, image_id=i, bbox=[105, 30, 195, 235]) for i in range(3)]
    with pytest.raises(ValueError, match='bbox seems to be x1, y1, x2, y2'):
        given_boxes(write_file(*corners), references)
    large = [dict(DETECTION, image_id=i, bbox=[400, 30, 100, 205]) for i in range(3)]
    with pytest.raises(ValueError, match='its boxes lie outside the frames'):
        given_boxes(write_file(*large), references)


def test_overlap_in_closed_form():
    """Two squares of side 10, shifted by 5: IoU 1/3."""
    boxes = np.float32([[0, 0, 10, 10, 0.9], [5, 0, 15, 10, 0.8]])
    assert len(best_boxes(boxes, 0.3, 0.34)) == 2
    kept = best_boxes(boxes[::-1], 0.3, 0.32)
    np.testing.assert_array_equal(kept, boxes[:1])
    assert best_boxes(np.zeros((0, 5)), 0.3, 0.3).shape == (0, 5)


def test_boxes_that_reach_beyond_the_frames(references, write_file):
    twice = [dict(DETECTION, image_id=i, bbox=[200, 60, 200, 410]) for i in range(3)]
    with pytest.raises(ValueError, match='reach beyond the frames, to 2 times their size'):
        given_boxes(write_file(*twice), references)
    # A detector may be off by some pixels.
    few = [dict(DETECTION, image_id=i, bbox=[200, 30, 130, 215]) for i in range(3)]
    given_boxes(write_file(*few), references)


def test_boxes_whose_scores_are_all_low(references, write_file):
    path = write_file(*(dict(DETECTION, image_id=i, score=0.1) for i in range(3)))
    assert [len(f) for f in asked(given_boxes(path, references), references)] == [0] * 3
    assert 'none of its boxes is used, as all scores are below 0.3' in references[0].notes[-1]


def test_an_entry_that_is_no_box(references):
    boxes_of = given_boxes([BOX, [dict(bbox=[1])], None], references)
    with pytest.raises(ValueError, match='rec/b.png: boxes must be numbers'):
        boxes_of(1, references[1].read())
