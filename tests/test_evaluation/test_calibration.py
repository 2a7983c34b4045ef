import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import fit_calibration, knot_weights, reliability


def test_a_known_curve_is_found_again():
    rng = np.random.default_rng(0)
    scores = rng.random(40_000)
    truth = np.array([0.0, 0.1, 0.1, 0.7, 1.0])
    chance = np.interp(scores, np.linspace(0, 1, 5), truth)
    table = fit_calibration(scores, rng.random(len(scores)) < chance, 5)
    np.testing.assert_allclose(table, truth, atol=0.03)


def test_tables_never_fall_though_the_data_do():
    scores = np.linspace(0, 1, 500)
    table = fit_calibration(scores, scores < 0.5, 6)
    assert (np.diff(table) >= -1e-9).all()
    assert table == pytest.approx(np.full(6, 0.5), abs=0.02)


def test_knot_weights_interpolate():
    table, scores = np.array([0.2, 0.3, 0.9]), np.array([-0.5, 0, 0.25, 0.5, 0.8, 1, 1.7])
    expected = np.interp(scores, [0, 0.5, 1], table)
    np.testing.assert_allclose(knot_weights(scores, 3) @ table, expected)


def test_expected_error_is_the_naive_mean():
    rng = np.random.default_rng(1)
    scores, right = rng.random(300), rng.random(300) < 0.4
    found = reliability(scores, right, bins=4)
    expected = 0.0
    for low in (0, 0.25, 0.5, 0.75):
        chosen = [k for k in range(300) if low <= scores[k] < low + 0.25]
        expected += abs(sum(scores[k] - right[k] for k in chosen)) / 300
    assert found.expected_error == pytest.approx(expected)
    assert found.counts.sum() == 300


def test_bins_without_joints_do_not_count():
    found = reliability(np.array([0.1, 0.1, 1.0]), np.array([False, False, True]))
    assert found.expected_error == pytest.approx(0.2 / 3)
    assert np.isnan(found.right[5])
