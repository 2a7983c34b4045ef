import matplotlib
import numpy as np
import pytest

from mmpose_cmb.drawing import colorize_depth, depth_range

TURBO = (matplotlib.colormaps['turbo'](np.arange(256)) * 255).round()


def test_near_and_far_get_the_ends_of_the_colour_map():
    rgb = colorize_depth(np.array([[1.0, 3.0], [0.5, 9.0]]), 1.0, 3.0)
    assert rgb.dtype == np.uint8 and rgb.shape == (2, 2, 3)
    for pixel, level in (((0, 0), 255), ((0, 1), 0), ((1, 0), 255), ((1, 1), 0)):
        np.testing.assert_allclose(rgb[pixel], TURBO[level, :3], atol=1)


def test_halfway():
    rgb = colorize_depth(np.array([[2.0]]), 1.0, 3.0)
    np.testing.assert_allclose(rgb[0, 0], TURBO[128, :3], atol=1)


def test_every_kind_of_invalid_has_the_colour_of_its_own():
    depth = np.array([[0.0, -1.0, np.nan, np.inf, 2.0]])
    rgb = colorize_depth(depth, 1.0, 3.0, invalid_color=(9, 8, 7))
    np.testing.assert_array_equal(rgb[0, :4], [(9, 8, 7)] * 4)
    assert tuple(rgb[0, 4]) != (9, 8, 7)


def test_range_is_of_valid_pixels_and_robust():
    depth = np.linspace(2, 3, 10000).reshape(100, 100)
    depth[0, :5] = 90  # outliers: 0.05 % of the pixels
    depth[50:] = 0
    near, far = depth_range(depth)
    valid = np.sort(depth[depth > 0])
    assert near == pytest.approx(valid[50], abs=1e-3)
    assert far == pytest.approx(valid[-50], abs=1e-3)
    np.testing.assert_array_equal(colorize_depth(depth), colorize_depth(depth, near, far))


@pytest.mark.parametrize('depth', [np.zeros((4, 5)), np.full((4, 5), 2.0)])
def test_nothing_valid_or_flat(depth):
    rgb = colorize_depth(depth)
    assert len(np.unique(rgb.reshape(-1, 3), axis=0)) == 1


def test_input_stays_and_colour_map_changes_it():
    depth = np.array([[0.0, 1.0, np.nan]], dtype=np.float32)
    before = depth.copy()
    turbo = colorize_depth(depth, 0.5, 2)
    grey = colorize_depth(depth, 0.5, 2, colormap='bone')
    np.testing.assert_array_equal(depth, before)
    bone = matplotlib.colormaps['bone'](round(255 * 2 / 3), bytes=True)
    np.testing.assert_allclose(grey[0, 1], bone[:3], atol=1)
    assert np.ptp(grey[0, 1]) < 40 < np.ptp(turbo[0, 1])


def test_bad_input():
    with pytest.raises(ValueError, match=r'\[H, W\], got \(4, 5, 3\)'):
        colorize_depth(np.ones((4, 5, 3)))
    with pytest.raises(ValueError, match='no colour map "gray"'):
        colorize_depth(np.ones((4, 5)), colormap='gray')
    with pytest.raises(ValueError, match='range is empty: near 3 m, far 2 m'):
        colorize_depth(np.ones((4, 5)), 3, 2)
