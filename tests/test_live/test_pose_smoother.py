import numpy as np
import pytest

from mmpose_cmb.live import OneEuroFilter, PoseSmoother


def test_pixels_and_metres_go_through_the_filter(fakes):
    smoother, metres = PoseSmoother(1.0, 8.0), OneEuroFilter(1.0, 8.0)
    # The box is 17 px long and counts as 1.7 m: 8 Hz per m/s are 0.8 per px/s.
    pixels = OneEuroFilter(1.0, 0.8)
    for i in range(6):
        person = fakes.tracked(1, 10 + i, side=17.0)
        (got,) = smoother([person], i / 30)
        np.testing.assert_allclose(got.keypoints, pixels(person.keypoints, i / 30), rtol=1e-5)
        np.testing.assert_allclose(
            got.keypoints_cam, metres(person.keypoints_cam, i / 30), rtol=1e-5
        )
        assert got.keypoints.dtype == np.float32
        np.testing.assert_array_equal(got.keypoint_scores, person.keypoint_scores)
        np.testing.assert_array_equal(got.bbox, person.bbox)


def test_noise_at_rest_shrinks_and_the_input_is_left_alone(fakes):
    rng = np.random.default_rng(0)
    smoother, came, went = PoseSmoother(), [], []
    for i in range(200):
        person = fakes.tracked(1, side=60, cam=False)
        person.keypoints += rng.normal(size=(3, 2)).astype(np.float32)
        before = person.keypoints.copy()
        went.append(smoother([person], i / 30)[0].keypoints)
        np.testing.assert_array_equal(person.keypoints, before)
        came.append(before)
    assert np.std(went[50:], axis=0).mean() < 0.6 * np.std(came[50:], axis=0).mean()


def test_two_people_keep_their_filters_when_they_change_places(fakes):
    """In the second frame the order is reversed, and both have moved."""
    smoother = PoseSmoother(0.1, 0.0)
    a, b = fakes.tracked(1, 0, side=20), fakes.tracked(2, 100, side=20)
    smoother([a, b], 0.0)
    got = smoother([fakes.tracked(2, 102, side=20), fakes.tracked(1, 2, side=20)], 0.1)
    assert [person.id for person in got] == [2, 1]
    for person, x in zip(got, (100, 0)):
        assert x < person.keypoints[0, 0] < x + 1


def test_somebody_new_starts_anew(fakes):
    smoother = PoseSmoother(0.1, 0.0)
    smoother([fakes.tracked(1, 0, side=20)], 0.0)
    (got,) = smoother([fakes.tracked(2, 10, side=20)], 0.1)
    assert got.keypoints[0, 0] == 10
    # One frame without the person is no new beginning, a second is.
    (got,) = smoother([fakes.tracked(1, 2, side=20)], 0.2)
    assert got.keypoints[0, 0] < 1
    (got,) = smoother([fakes.tracked(1, 8, side=20)], 1.2)
    assert got.keypoints[0, 0] == 8


def test_weak_joints_pass_unsmoothed(fakes):
    smoother = PoseSmoother(0.1, 0.0, min_score=0.5)
    for i in range(3):
        person = fakes.tracked(1, 10 + i, side=20)
        person.keypoint_scores[1] = 0.2
        (got,) = smoother([person], i / 10)
    np.testing.assert_array_equal(got.keypoints[1], person.keypoints[1])
    assert got.keypoints[0, 0] < 11


def test_time_that_goes_back_starts_anew(fakes):
    smoother = PoseSmoother(0.1, 0.0)
    smoother([fakes.tracked(1, 10, side=20)], 5.0)
    (got,) = smoother([fakes.tracked(1, 12, side=20)], 0.0)
    assert got.keypoints[0, 0] == 12


def test_mistakes_are_refused():
    with pytest.raises(ValueError, match='min_cutoff_hz=-1'):
        PoseSmoother(-1)
