import numpy as np
import pytest

from mmpose_cmb.depth.frame import PersonPose
from mmpose_cmb.live import PersonTracker
from mmpose_cmb.live.box_of_joints import box_of_joints
from mmpose_cmb.pose.pose_distance import pose_distance_m

SIZE = (320, 240)
FPS = 30.0
FOCAL_PX = 285.0
# A body of five joints, metres from its middle.
BODY_M = np.array([[0, -0.8, 0], [-0.3, -0.3, 0], [0.3, -0.3, 0], [-0.15, 0.8, 0], [0.15, 0.8, 0]])


def test_box_of_joints():
    joints = np.array([[100.0, 50], [120, 150], [np.nan, 80], [110, 90]])
    np.testing.assert_allclose(box_of_joints(joints, SIZE, 0.1), [90, 40, 130, 160])
    np.testing.assert_allclose(box_of_joints(joints + [-100, 90], SIZE, 0.1), [0, 130, 30, 239])
    assert box_of_joints(joints + [400, 0], SIZE) is None
    assert box_of_joints(np.full((4, 2), np.nan), SIZE) is None


def _track(tracker, people_of, frames):
    """Numbers of the frames that were searched, and the ids in each."""
    searched, ids = [], []
    for i in range(frames):
        boxes = tracker.boxes(SIZE)
        people = people_of(i, boxes)
        if boxes is not None and not tracker.confirms(people):
            boxes, people = None, people_of(i, None)
        if boxes is None:
            searched.append(i)
        known = tracker.update(people, i / FPS, searched=boxes is None)
        ids.append([person.id for person in known])
    return searched, ids


def test_it_follows_somebody_who_moves(fakes):
    """A person of 60 px moving 5 px a frame is inside every box."""
    overlooked = []

    def people_of(i, boxes):
        person = fakes.person(20 + 5 * i, 60, side=60)
        if boxes is not None:
            low, high = boxes[0, :2], boxes[0, 2:]
            if (person.keypoints < low).any() or (person.keypoints > high).any():
                overlooked.append(i)
        return [person]

    searched, ids = _track(PersonTracker(max_frames=100), people_of, 40)
    assert searched == [0] and ids == [[1]] * 40
    assert not overlooked


def test_it_searches_again_from_time_to_time(fakes):

    def people_of(i, boxes):
        return [fakes.person(side=60)]

    assert _track(PersonTracker(max_frames=10), people_of, 25)[0] == [0, 11, 22]
    assert _track(PersonTracker(max_frames=0), people_of, 4)[0] == [0, 1, 2, 3]


def test_it_searches_in_the_frame_in_which_scores_fall(fakes):
    """The person goes on a little in frame 5: the old box shows nothing."""

    def people_of(i, boxes):
        weak = i == 5 and boxes is not None
        return [fakes.person(20, 60, side=60, score=0.5 if weak else 0.8)]

    searched, ids = _track(PersonTracker(), people_of, 10)
    assert searched == [0, 5]
    assert ids == [[1]] * 10


def test_nobody_and_weak_scores_are_searched_every_time(fakes):
    assert _track(PersonTracker(), lambda i, b: [], 4)[0] == [0, 1, 2, 3]
    calls = []

    def weak(i, boxes):
        calls.append(boxes)
        return [fakes.person(side=60, score=0.2)]

    assert _track(PersonTracker(), weak, 4)[0] == [0, 1, 2, 3]
    assert calls == [None] * 4  # and not twice in a frame


def test_who_leaves_the_image_is_searched(fakes):
    tracker = PersonTracker()
    tracker.update([fakes.person(320, 60, side=60)], 0.0, searched=True)
    assert tracker.boxes(SIZE) is None


def test_several_people_have_a_box_each(fakes):
    tracker = PersonTracker()
    tracker.update([fakes.person(20, 60, side=60), fakes.person(200, 60, side=60)], 0.0, True)
    assert tracker.boxes(SIZE).shape == (2, 4)
    tracker.reset()
    assert tracker.boxes(SIZE) is None


def test_somebody_missing_is_searched_but_not_in_every_frame(fakes):
    """Two stand there; from frame 3 on one is seen alone, and forgotten."""

    def people_of(i, boxes):
        both = [fakes.person(20, side=60), fakes.person(200, side=60)]
        return both[:1] if i >= 3 else both

    tracker = PersonTracker(forget_s=1.0, max_frames=1000)
    searched, ids = _track(tracker, people_of, 60)
    # At once, then five frames after the last search until a second is over.
    assert searched == [0, 3, 9, 15, 21, 27, 33]
    assert ids == [[1, 2]] * 3 + [[1]] * 57


def test_one_of_several_who_gets_lost_is_searched(fakes):
    """The others' scores do not hide it, and nor does a crop without depth."""

    def people_of(i, boxes):
        both = [fakes.person(20, side=60, score=0.9), fakes.person(200, side=60, score=0.6)]
        if boxes is None:
            return both
        if i == 3:
            return [both[0], fakes.person(200, side=60, score=0.5)]
        return both[:1] if i == 6 else both

    searched, ids = _track(PersonTracker(), people_of, 10)
    assert searched == [0, 3, 6]
    assert ids == [[1, 2]] * 10


def test_one_who_is_hardly_seen_is_followed_and_searched_now_and_then(fakes):

    def people_of(i, boxes):
        return [fakes.person(20, side=60), fakes.person(200, side=60, score=0.2)]

    searched, ids = _track(PersonTracker(), people_of, 14)
    assert searched == [0, 6, 12]
    assert ids == [[1, 2]] * 14


def _body(x_m, z_m, rng=None, in_space=True, score=0.8):
    """A skeleton as a pinhole camera sees it, with 5 cm of noise."""
    joints_m = BODY_M + [x_m, 0, z_m]
    if rng is not None:
        joints_m = joints_m + rng.normal(scale=0.05, size=joints_m.shape)
    pixels = joints_m[:, :2] / joints_m[:, 2:] * FOCAL_PX + [160, 120]
    box = np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
    return PersonPose(
        pixels.astype(np.float32),
        np.full(len(pixels), score, np.float32),
        box.astype(np.float32),
        keypoints_cam=joints_m.astype(np.float32) if in_space else None,
    )


@pytest.mark.parametrize('in_space', (True, False))
@pytest.mark.parametrize('hidden', (True, False))
@pytest.mark.parametrize('speed_m_per_s', (0.5, 1.5))
def test_two_people_who_cross_keep_their_ids(in_space, hidden, speed_m_per_s):
    """They pass each other, seen in random order; the nearer one may hide
    the other, whose box then shows the nearer one a second time."""
    rng = np.random.default_rng(3)
    tracker = PersonTracker()
    ids = {'near': [], 'far': []}
    for i in range(int(2.4 * FPS / speed_m_per_s)):
        x_m = -1.2 + speed_m_per_s * i / FPS
        near = _body(x_m, 2.5, rng, in_space, score=0.9)
        far = _body(-x_m * 3.2 / 2.5, 3.2, rng, in_space)
        if hidden and abs(x_m) < 0.2:
            far = near
        people = [[near, far][j] for j in rng.permutation(2)]
        known = tracker.update(people, i / FPS, searched=True)
        # Where both are in the same place there is but one to be seen.
        if abs(x_m) > 0.3:
            assert len(known) == 2
            for person in known:
                is_near = person.keypoints is near.keypoints
                ids['near' if is_near else 'far'].append(person.id)
    assert len(ids['near']) > 30
    assert {ids['near'][0], ids['far'][0]} == {1, 2}
    assert len(set(ids['near'])) == len(set(ids['far'])) == 1


def test_one_person_in_two_boxes_is_one(fakes):
    strong, weak = fakes.person(20, side=60), fakes.person(20.5, side=60, score=0.6)
    other = fakes.person(200, side=60, score=0.5)
    known = PersonTracker().update([weak, other, strong], 0.0, True)
    assert [person.keypoints is other.keypoints for person in known] == [True, False]
    assert known[1].keypoints is strong.keypoints


def _live(tracker, search, look, frames):
    """Ids in each frame: a search gives ``search(i)``, a box ``look(i)``."""
    ids = []
    for i in range(frames):
        boxes, stay = tracker.boxes(SIZE), []
        people = [] if boxes is None else look(i)
        if boxes is None or not tracker.confirms(people):
            boxes, people = None, search(i)
            if tracker.missed(people, i / FPS, SIZE) is not None:
                stay = look(i)
        known = tracker.update(people, i / FPS, boxes is None, stay)
        ids.append([person.id for person in known])
    return ids


def test_it_takes_less_to_stay_than_to_appear(fakes):
    """Every second search misses somebody whose joints are seen all the time."""
    look = lambda i: [fakes.person(20, side=60, score=0.2)]  # noqa: E731
    ids = _live(PersonTracker(), lambda i: look(i) if i % 2 else [], look, 20)
    assert ids == [[]] + [[1]] * 19


def test_whom_no_search_finds_again_is_gone_after_a_while(fakes):
    look = lambda i: [fakes.person(20, side=60, score=0.2)]  # noqa: E731
    tracker = PersonTracker(forget_s=0.5)
    ids = _live(tracker, lambda i: look(i) if i == 0 else [], look, 60)
    # Missed from frame 1 on, for half a second.
    assert ids == [[1]] * 17 + [[]] * 43


def test_who_is_not_to_be_seen_does_not_stay(fakes):
    seen = fakes.person(20, side=60)
    tracker = PersonTracker()
    assert tracker.missed([], 0.0, SIZE) is None
    tracker.update([seen], 0.0, True)
    assert tracker.missed([], 0.1, SIZE).shape == (1, 4)
    assert tracker.update([], 0.1, True, [fakes.person(20, side=60, score=0.1)]) == []
    # Nor does somebody who is nobody's: ids are for those who are found.
    assert tracker.update([], 0.2, True, [fakes.person(200, side=60)]) == []
    assert [p.id for p in tracker.update([seen], 0.3, True)] == [1]


def test_whose_box_shows_another_is_not_doubled(fakes):
    """Somebody steps before another; the hidden one's box shows the other."""
    tracker = PersonTracker()
    near, far = fakes.person(20, side=60, score=0.9), fakes.person(30, side=60)
    tracker.update([near, far], 0.0, True)
    assert tracker.missed([near], 0.1, SIZE).shape == (1, 4)
    again = fakes.person(20.5, side=60, score=0.7)
    assert [p.id for p in tracker.update([near], 0.1, True, [again])] == [1]


def test_ids_last_through_a_gap_and_are_not_given_again(fakes):
    tracker = PersonTracker(forget_s=0.5)

    def ids(people, time_s):
        return [p.id for p in tracker.update(people, time_s, True)]

    person = fakes.person(20, side=60)
    assert ids([person], 0.0) == [1]
    assert ids([], 0.2) == []
    assert ids([person], 0.4) == [1]
    assert ids([], 0.9) == []
    assert ids([person], 1.0) == [2]
    # A recording that begins again.
    assert ids([person], 0.0) == [3]
    # Nobody jumps through the room.
    assert ids([fakes.person(220, side=60)], 0.1) == [4]


def test_the_least_sum_of_distances_wins(fakes):
    """The nearest first would give the second person's place to the first."""
    tracker = PersonTracker()
    a, b = fakes.person(20, side=60), fakes.person(28, side=60)
    tracker.update([a, b], 0.0, True)
    # 7 px to a and 1 px to b; the other is far from a, but near to b.
    known = tracker.update([fakes.person(27, side=60), fakes.person(35, side=60)], 1 / FPS, True)
    assert [person.id for person in known] == [1, 2]


def test_distance_is_in_metres_or_at_the_scale_of_the_box(fakes):
    a, b = fakes.person(10, side=17.0), fakes.person(13, side=17.0)
    assert pose_distance_m(a, b) == pytest.approx(3 / 20)
    b.keypoints_cam = None
    # The box is 17 px long and counts as 1.7 m.
    assert pose_distance_m(a, b) == pytest.approx(0.3)
    b.keypoints[0] = 1000
    assert pose_distance_m(a, b) == pytest.approx(0.3)
    b.keypoints[:] = np.nan
    assert pose_distance_m(a, b) == np.inf


def test_mistakes_are_refused():
    with pytest.raises(ValueError, match='-1'):
        PersonTracker(padding=-1)
    with pytest.raises(ValueError, match='1.5'):
        PersonTracker(min_score_ratio=1.5)
