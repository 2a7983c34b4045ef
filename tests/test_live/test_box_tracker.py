import numpy as np
import pytest

from mmpose_cmb.live import BoxTracker
from mmpose_cmb.live.box_tracker import box_of_joints

SIZE = (320, 240)


def test_box_of_joints():
    joints = np.array([[100., 50], [120, 150], [np.nan, 80], [110, 90]])
    np.testing.assert_allclose(
        box_of_joints(joints, SIZE, 0.1), [90, 40, 130, 160])
    np.testing.assert_allclose(
        box_of_joints(joints + [-100, 90], SIZE, 0.1), [0, 130, 30, 239])
    assert box_of_joints(joints + [400, 0], SIZE) is None
    assert box_of_joints(np.full((4, 2), np.nan), SIZE) is None


def _track(tracker, people_of, frames):
    """Numbers of the frames that were searched everywhere."""
    searched = []
    for i in range(frames):
        boxes = tracker.boxes(SIZE)
        people = people_of(i, boxes)
        if boxes is not None and not tracker.confirms(people):
            boxes, people = None, people_of(i, None)
        if boxes is None:
            searched.append(i)
        tracker.update(people, searched=boxes is None)
    return searched


def test_it_follows_somebody_who_moves(fakes):
    """A person of 60 px moving 5 px a frame is inside every box."""
    tracker = BoxTracker(max_frames=100)
    overlooked = []

    def people_of(i, boxes):
        person = fakes.person(20 + 5 * i, 60, side=60)
        if boxes is not None:
            low, high = boxes[0, :2], boxes[0, 2:]
            if (person.keypoints < low).any() or (person.keypoints
                                                  > high).any():
                overlooked.append(i)
        return [person]

    assert _track(tracker, people_of, 40) == [0]
    assert not overlooked


def test_it_searches_again_from_time_to_time(fakes):
    tracker = BoxTracker(max_frames=10)
    assert _track(tracker, lambda i, b: [fakes.person(side=60)],
                  25) == [0, 11, 22]


def test_it_searches_in_the_frame_in_which_scores_fall(fakes):
    """The person jumps in frame 5: the old box shows next to nothing."""

    def people_of(i, boxes):
        jumped = i >= 5 and boxes is not None and boxes[0, 0] < 100
        return [
            fakes.person(
                20 if i < 5 or jumped else 150,
                60,
                side=60,
                score=0.5 if jumped else 0.8)
        ]

    assert _track(BoxTracker(), people_of, 10) == [0, 5]


def test_nobody_and_weak_scores_are_searched_every_time(fakes):
    assert _track(BoxTracker(), lambda i, b: [], 4) == [0, 1, 2, 3]
    calls = []

    def weak(i, boxes):
        calls.append(boxes)
        return [fakes.person(side=60, score=0.2)]

    assert _track(BoxTracker(), weak, 4) == [0, 1, 2, 3]
    assert calls == [None] * 4  # and not twice in a frame


def test_who_leaves_the_image_is_searched(fakes):
    tracker = BoxTracker()
    tracker.update([fakes.person(320, 60, side=60)], searched=True)
    assert tracker.boxes(SIZE) is None


def test_several_people_have_a_box_each(fakes):
    tracker = BoxTracker()
    tracker.update(
        [fakes.person(20, 60, side=60),
         fakes.person(200, 60, side=60)], True)
    assert tracker.boxes(SIZE).shape == (2, 4)
    tracker.reset()
    assert tracker.boxes(SIZE) is None


def test_mistakes_are_refused():
    with pytest.raises(ValueError, match='-1'):
        BoxTracker(padding=-1)
    with pytest.raises(ValueError, match='1.5'):
        BoxTracker(min_score_ratio=1.5)
