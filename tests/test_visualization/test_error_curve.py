import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import frames_within
from mmpose_cmb.visualization import draw_error_curves
from mmpose_cmb.visualization.error_curve import error_curve_picture, staircase


def test_staircase_by_hand():
    distances, percent = staircase([30.0, np.inf, 10.0, 90.0], 50.0)
    np.testing.assert_array_equal(distances, [0, 10, 30, 50])
    np.testing.assert_array_equal(percent, [0, 25, 50, 50])


def test_staircase_is_the_metric_just_behind_each_step():
    errors = np.random.default_rng(0).gamma(2, 20, 30)
    distances, percent = staircase(errors, 80.0)
    behind = np.nextafter(distances[1:-1], np.inf)
    np.testing.assert_allclose(frames_within(errors[:, None], behind), percent[1:-1])


def test_no_frame_is_near_enough():
    np.testing.assert_array_equal(staircase([70.0], 50.0), [[0, 50], [0, 0]])


def test_curves_differ_and_empty_ones_are_left_out():
    total = dict(All=np.array([10.0, 20.0]))
    hands = dict(total, Hands=np.array([30.0, 40.0]))
    empty = dict(total, Hands=np.empty(0))
    pictures = [error_curve_picture(c, 50.0) for c in (total, hands, empty)]
    assert pictures[0].dtype == np.uint8 and pictures[0].shape[-1] == 3
    assert (pictures[0] != pictures[1]).any()
    np.testing.assert_array_equal(pictures[0], pictures[2])
    assert (error_curve_picture(total, 90.0) != pictures[0]).any()


def test_only_pictures_are_written(tmp_path):
    with pytest.raises(ValueError, match='cannot write images'):
        draw_error_curves(dict(All=[1.0]), 50.0, str(tmp_path / 'a.txt'))
    assert not list(tmp_path.iterdir())
