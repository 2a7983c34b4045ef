import math
import statistics

import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import (
    area_under_curve,
    frames_within,
    joint_errors_mm,
    summarize_errors,
    worst_errors_mm,
)

NAN, INF = np.nan, np.inf


def test_millimetres_by_hand():
    gt = np.array([[[0.0, 0.0, 2.0], [1.0, 1.0, 1.0], [0.0, 0.0, NAN]]])
    pred = np.array([[[0.003, 0.004, 2.0], [1.0, NAN, 1.0], [0.0, 0.0, 1.0]]])
    np.testing.assert_allclose(joint_errors_mm(pred, gt), [[5, INF, NAN]])
    np.testing.assert_allclose(joint_errors_mm(pred, gt, valid=[[0, 1, 1]]), [[NAN, INF, NAN]])


def test_the_root_takes_a_shift_away():
    rng = np.random.default_rng(0)
    gt = rng.normal(0, 1, (6, 4, 3))
    pred = gt + rng.normal(0, 1, (6, 1, 3))  # each frame by its own shift
    pred[:, 3, 0] += 0.02
    errors = joint_errors_mm(pred, gt, root=1)
    np.testing.assert_allclose(errors, [[0, NAN, 0, 20]] * 6, rtol=1e-9, atol=1e-9)
    assert (joint_errors_mm(pred, gt) > 20).all()


def test_a_root_without_label_or_prediction():
    gt, pred = np.zeros((4, 3, 3)), np.zeros((4, 3, 3))
    gt[0, 0, 1] = NAN  # no label
    valid = np.ones((4, 3))
    valid[1, 0] = 0  # no label either
    valid[3, 2] = 0
    pred[2, 0] = INF  # no prediction
    np.testing.assert_array_equal(
        joint_errors_mm(pred, gt, valid=valid, root=0),
        [[NAN, NAN, NAN], [NAN, NAN, NAN], [NAN, INF, INF], [NAN, 0, NAN]],
    )


def test_inputs_stay_as_they_are():
    gt = np.arange(18.0).reshape(2, 3, 3)
    pred = gt + 1
    before = gt.copy(), pred.copy()
    joint_errors_mm(pred, gt, root=0)
    np.testing.assert_array_equal(gt, before[0])
    np.testing.assert_array_equal(pred, before[1])


@pytest.mark.parametrize('root', [-1, 3])
def test_unknown_root(root):
    zeros = np.zeros((2, 3, 3))
    with pytest.raises(ValueError, match=f'from 0 to 2, got {root}'):
        joint_errors_mm(zeros, zeros, root=root)


def test_pixels_are_refused():
    zeros = np.zeros((2, 3, 2))
    with pytest.raises(ValueError, match=r'\[N, K, 3\], got \(2, 3, 2\)'):
        joint_errors_mm(zeros, zeros, root=0)


def random_errors():
    rng = np.random.default_rng(1)
    errors = rng.gamma(2.0, 30.0, (40, 5))
    errors[rng.random(errors.shape) < 0.2] = NAN
    errors[4] = NAN
    errors[:, 4] = NAN
    errors[9, 1] = INF
    return errors


def test_mean_and_median_against_the_standard_library():
    errors = random_errors()
    errors[9, 1] = 12.0
    summary = summarize_errors(errors)
    columns = [[float(v) for v in column if not math.isnan(v)] for column in errors.T]
    pooled = sum(columns, [])
    assert summary.mean_mm == pytest.approx(statistics.fmean(pooled))
    assert summary.median_mm == pytest.approx(statistics.median(pooled))
    for j in range(4):
        assert summary.joint_mean_mm[j] == pytest.approx(statistics.fmean(columns[j]))
        assert summary.joint_median_mm[j] == pytest.approx(statistics.median(columns[j]))
    assert math.isnan(summary.joint_mean_mm[4])
    assert math.isnan(summary.joint_median_mm[4])
    assert summary.num_labels.tolist() == [len(c) for c in columns]


def test_pooled_over_joints_not_a_mean_of_means():
    errors = np.array([[10.0, NAN], [20.0, NAN], [30.0, 80.0]])
    summary = summarize_errors(errors)
    assert (summary.mean_mm, summary.median_mm) == (35, 25)
    np.testing.assert_array_equal(summary.joint_mean_mm, [20, 80])


def test_a_missing_prediction_spoils_the_mean_but_not_the_median():
    summary = summarize_errors(np.array([[10.0, INF], [20.0, 30.0]]))
    assert (summary.mean_mm, summary.median_mm) == (INF, 25)
    np.testing.assert_array_equal(summary.joint_mean_mm, [15, INF])


def test_nothing_labelled():
    errors = np.full((3, 2), NAN)
    summary = summarize_errors(errors)
    assert math.isnan(summary.mean_mm) and math.isnan(summary.median_mm)
    assert np.isnan(frames_within(errors, (10, 20))).all()
    assert math.isnan(area_under_curve(errors, 10))
    assert worst_errors_mm(errors).shape == (0,)


def test_frames_within_counts_the_worst_joint_and_is_strict():
    errors = np.array([[10.0, 20.0], [NAN, 30.0], [NAN, NAN], [5.0, INF]])
    np.testing.assert_array_equal(worst_errors_mm(errors), [20, 30, INF])
    np.testing.assert_allclose(
        frames_within(errors, (20, 20.001, 30, 31, 1e9)), [0, 100 / 3, 100 / 3, 200 / 3, 200 / 3]
    )


def test_area_is_the_integral_of_the_curve():
    errors = random_errors()
    step = 0.01
    middles = np.arange(step / 2, 150, step)
    sampled = frames_within(errors, middles).mean()
    assert area_under_curve(errors, 150) == pytest.approx(sampled, abs=0.01)


def test_area_by_hand():
    # Worst joints 0, 50 and 250 of 100 mm: 1, 1/2 and nothing.
    errors = np.array([[0.0, 0.0], [50.0, 1.0], [3.0, 250.0]])
    assert area_under_curve(errors, 100) == pytest.approx(50)


def test_published_predictions(itop_golden_3d):
    """A2J on ITOP front."""
    pred, gt, _ = itop_golden_3d
    summary = summarize_errors(joint_errors_mm(pred, gt))
    assert summary.mean_mm == pytest.approx(58.5, abs=0.05)
