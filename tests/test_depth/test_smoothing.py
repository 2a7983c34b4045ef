import numpy as np
import pytest

from mmpose_cmb.depth.smoothing import smooth_depth


def test_smoothing_is_the_mean_of_valid_neighbours_under_a_gaussian():
    rng = np.random.default_rng(0)
    depth_m = rng.uniform(1, 3, (15, 17)).astype(np.float32)
    depth_m[rng.random((15, 17)) < 0.3] = 0
    found = smooth_depth(depth_m, 0.8)
    y, x = np.mgrid[:15, :17]
    for row, column in ((7, 8), (6, 5), (8, 11)):
        weight = np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 0.8**2)) * (depth_m > 0)
        expected = (weight * depth_m).sum() / weight.sum() if depth_m[row, column] else 0
        assert found[row, column] == pytest.approx(expected, rel=2e-3)
    np.testing.assert_array_equal(found == 0, depth_m == 0)
