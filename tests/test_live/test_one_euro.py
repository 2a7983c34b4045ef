"""The filter against its closed forms (Casiez et al., CHI 2012)."""

import numpy as np
import pytest

from mmpose_cmb.live import OneEuroFilter
from mmpose_cmb.live.one_euro import smoothing_factor


def _run(low_pass, samples, times_s):
    return np.array([low_pass(x, t) for x, t in zip(samples, times_s)])


def test_constant_input_stays_as_it_is():
    points = np.random.default_rng(0).normal(size=(5, 3))
    times_s = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.2, 20))
    low_pass = OneEuroFilter(1.0, beta=3.0)
    for t in times_s:
        np.testing.assert_allclose(low_pass(points, t), points, rtol=1e-12)


@pytest.mark.parametrize('cutoff_hz', (0.5, 2.0))
def test_step_response_without_beta_is_an_exponential(cutoff_hz):
    """x_n = 1 - (1 - alpha)^n with alpha = 1 / (1 + 1 / (2 pi f T))."""
    step_s = 1 / 30
    alpha = 1 / (1 + 1 / (2 * np.pi * cutoff_hz * step_s))
    low_pass = OneEuroFilter(cutoff_hz, beta=0.0)
    low_pass(np.zeros((1, 1)), 0.0)
    n = np.arange(1, 40)
    got = _run(low_pass, np.ones((39, 1, 1)), n * step_s)
    np.testing.assert_allclose(got[:, 0, 0], 1 - (1 - alpha) ** n, rtol=0, atol=1e-12)


def test_time_steps_may_vary():
    """With 1 - alpha = 1 / (1 + 2 pi f T), each step has its own T."""
    steps_s = np.array([0.01, 0.2, 0.05, 0.4])
    low_pass = OneEuroFilter(1.5)
    low_pass(np.zeros((1, 2)), 0.0)
    got = _run(low_pass, np.ones((4, 1, 2)), np.cumsum(steps_s))
    left = np.cumprod(1 / (1 + 2 * np.pi * 1.5 * steps_s))
    np.testing.assert_allclose(got[:, 0, 0], 1 - left, atol=1e-12)


def test_algorithm_1_by_hand():
    """Two samples in one dimension, every line of the paper's algorithm."""
    rate, min_cutoff, beta, speed_cutoff = 60.0, 1.2, 0.7, 1.0
    first, second = 2.0, 2.5
    low_pass = OneEuroFilter(min_cutoff, beta, speed_cutoff)
    assert low_pass([[first]], 0.0) == first
    speed = (second - first) * rate
    speed *= 1 / (1 + rate / (2 * np.pi * speed_cutoff))
    cutoff = min_cutoff + beta * abs(speed)
    alpha = 1 / (1 + rate / (2 * np.pi * cutoff))
    expected = alpha * second + (1 - alpha) * first
    np.testing.assert_allclose(low_pass([[second]], 1 / rate), expected)


def test_the_cutoff_is_where_the_formula_says():
    """Of the exponential filter, |H|^2 at f T << 1 is 1 / (1 + (f/fc)^2)."""
    cutoff_hz, step_s = 2.0, 1e-3
    times_s = np.arange(1, 4001) * step_s
    for hz in (0.5, 2.0, 8.0):
        got = _run(
            OneEuroFilter(cutoff_hz), np.sin(2 * np.pi * hz * times_s)[:, None, None], times_s
        )
        power = 2 * np.mean(got[-2000:] ** 2)
        assert power == pytest.approx(1 / (1 + (hz / cutoff_hz) ** 2), rel=0.03)


def test_smoothing_factor():
    assert smoothing_factor(1.0, 1 / (2 * np.pi)) == 0.5
    assert smoothing_factor(1 / 60, 1e9) == pytest.approx(1)


def test_it_does_not_depend_on_the_axes():
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=(30, 4, 3)), axis=0)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    times_s = np.arange(30) / 30
    straight = _run(OneEuroFilter(1.0, 2.0), walk, times_s)
    turned = _run(OneEuroFilter(1.0, 2.0), walk @ turn, times_s)
    np.testing.assert_allclose(turned, straight @ turn, atol=1e-9)


def test_fast_motion_is_followed_more_closely():
    times_s = np.arange(30) / 30
    ramp = (5 * times_s)[:, None, None]
    lag = [
        (ramp - _run(OneEuroFilter(1.0, beta), ramp, times_s))[-1, 0, 0]
        for beta in (0.0, 1.0, 10.0)
    ]
    assert lag[0] > 3 * lag[1] > 3 * lag[2] > 0


def test_a_missing_point_leaves_the_others_alone_and_comes_back():
    both, alone = OneEuroFilter(1.0), OneEuroFilter(1.0)
    for i in range(4):
        x = np.array([[0.0, i], [1.0, i]])
        gap = i in (1, 2)
        if gap:
            x[1] = np.nan
        got = both(x, 0.1 * i)
        np.testing.assert_array_equal(np.isnan(got[:, 0]), [False, gap])
        np.testing.assert_allclose(got[:1], alone(x[:1], 0.1 * i))
    # It was away for 0.3 s: one long step from its first to its last value.
    alpha = smoothing_factor(0.3, 1.0)
    np.testing.assert_allclose(got[1], [1, 3 * alpha])


def test_a_point_missing_for_long_starts_anew():
    low_pass = OneEuroFilter(1.0, forget_s=0.5)
    low_pass([[0.0]], 0.0)
    low_pass([[np.nan]], 0.3)
    assert low_pass([[7.0]], 0.6) == 7


def test_mistakes_are_refused():
    with pytest.raises(ValueError, match='min_cutoff_hz=0'):
        OneEuroFilter(0)
    with pytest.raises(ValueError, match='beta=-1'):
        OneEuroFilter(1.0, -1)
    low_pass = OneEuroFilter()
    low_pass(np.zeros((2, 2)), 1.0)
    with pytest.raises(ValueError, match='time must rise: 1.0 s comes after'):
        low_pass(np.zeros((2, 2)), 1.0)
    with pytest.raises(ValueError, match=r'\(2, 2\).*\(3, 2\)'):
        low_pass(np.zeros((3, 2)), 2.0)
