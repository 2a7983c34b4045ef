import numpy as np
import pytest

from mmpose_cmb.datasets.sensor_effects import (
    NEAREST_M,
    add_axial_noise,
    cut_blobs,
    drop_edges,
    quantize_depth,
    shift_depth,
)
from mmpose_cmb.depth.smoothing import smooth_depth


def _plane(depth_m, side=200):
    return np.full((side, side), depth_m, np.float32)


@pytest.mark.parametrize('depth_m', [1.0, 4.0])
def test_noise_grows_with_the_square(depth_m):
    noise = np.random.default_rng(0).standard_normal((200, 200))
    noisy = add_axial_noise(_plane(depth_m), noise, 0.002, 0.003)
    # 40,000 samples: the standard deviation is known to 0.35 %.
    expected = 0.002 + 0.003 * depth_m**2
    assert abs(np.std(noisy - depth_m) / expected - 1) < 0.015
    assert noisy.dtype == np.float32


def test_quantize_to_fixed_steps():
    depth = np.array([[0, 0.004, 1.009, 1.011, 2.5]], np.float32)
    # The smallest step is no hole: 0.004 goes up to 0.02.
    np.testing.assert_allclose(
        quantize_depth(depth, step_m=0.02), [[0, 0.02, 1.0, 1.02, 2.5]], rtol=1e-6
    )


def test_quantize_in_disparity():
    depth = np.linspace(3.5, 4.5, 10001, dtype=np.float32)[None]
    levels = np.unique(quantize_depth(depth, step_per_m=0.01))
    near_4 = levels[np.abs(levels - 4) < 0.4]
    # Steps at z are 0.01 z^2: between 0.12 and 0.2 here, and growing.
    np.testing.assert_allclose(np.diff(near_4), 0.01 * near_4[:-1] * near_4[1:], rtol=1e-4)
    assert np.abs(quantize_depth(depth, step_per_m=0.01) - depth).max() <= 0.01 * 4.5**2 / 2 * 1.05
    # Beyond the last disparity step nothing becomes infinite.
    assert np.isfinite(quantize_depth(_plane(1000.0), step_per_m=0.01)).all()


def test_no_steps_change_nothing():
    depth = np.array([[0, 1.2345]], np.float32)
    np.testing.assert_array_equal(quantize_depth(depth), depth)


def test_shift():
    depth = np.array([[0, 1, 3]], np.float32)
    np.testing.assert_allclose(shift_depth(depth, 0.25), [[0, 1.25, 3.25]], rtol=1e-6)
    np.testing.assert_allclose(shift_depth(depth, -2), [[0, NEAREST_M, 1]], rtol=1e-6)


def test_blobs_have_the_area_of_ellipses():
    blobs = np.array([[0.5, 0.5, 0.2, 0.1, 30.0]])
    holes = cut_blobs(_plane(2.0), blobs) == 0
    assert abs(holes.sum() / (np.pi * 40 * 20) - 1) < 0.05
    rows, columns = np.nonzero(holes)
    assert abs(rows.mean() - 100) < 1 and abs(columns.mean() - 100) < 1
    assert not (cut_blobs(_plane(2.0), np.zeros((0, 5))) == 0).any()


def test_edges_lose_pixels_only_at_edges():
    depth = _plane(4.0, 20)
    depth[:, :10] = 2
    depth[:, 5] = 0  # a hole in a plane is no edge
    lost = drop_edges(depth, np.zeros((20, 20)), edge_m=0.1, prob=1.0) == 0
    expected = np.zeros((20, 20), bool)
    expected[:, [5, 9, 10]] = True
    np.testing.assert_array_equal(lost, expected)
    np.testing.assert_array_equal(
        drop_edges(depth, np.zeros((20, 20)), edge_m=3.0, prob=1.0), depth
    )


def test_edges_lose_the_given_part():
    depth = _plane(4.0)
    depth[:, ::2] = 2  # an edge everywhere
    uniform = np.random.default_rng(0).random((200, 200))
    lost = drop_edges(depth, uniform, edge_m=0.1, prob=0.25) == 0
    assert abs(lost.mean() - 0.25) < 0.01


EFFECTS = [
    lambda d: add_axial_noise(d, np.full(d.shape, -9.0), 0.5, 0.5),
    lambda d: quantize_depth(d, 0.3, 0.2),
    lambda d: smooth_depth(d, 1.2),
    lambda d: shift_depth(d, -0.7),
    lambda d: cut_blobs(d, np.array([[0.5, 0.5, 0.2, 0.2, 0.0]])),
    lambda d: drop_edges(d, np.zeros(d.shape), 0.1, 1.0),
]


@pytest.mark.parametrize('effect', EFFECTS)
def test_holes_stay_holes_and_input_stays(effect):
    rng = np.random.default_rng(0)
    depth = rng.uniform(0.4, 5, (40, 40)).astype(np.float32)
    depth[rng.random((40, 40)) < 0.2] = 0
    before = depth.copy()
    changed = effect(depth)
    assert changed.dtype == np.float32
    assert (changed[before == 0] == 0).all()
    assert (changed >= 0).all() and np.isfinite(changed).all()
    assert (changed != before).any()
    np.testing.assert_array_equal(depth, before)


@pytest.mark.parametrize('effect', EFFECTS[:3])
def test_measurements_stay_measurements(effect):
    depth = np.full((4, 4), 0.5, np.float32)
    assert (effect(depth) > 0).all()
