import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.datasets.datasets.itop_dataset import ARM_JOINTS, MAX_MEDIAN_GAP_M
from mmpose_cmb.datasets.label_checks import (
    median_depth_ratio,
    median_surface_gap_m,
    projection_errors_px,
    spread_rows,
    surface_gaps_m,
)


def test_gaps_by_hand():
    depth = np.float32([[1, 2, 0], [4, 5, 6]])
    keypoints = np.array([[1.4, -0.4], [2, 0], [0, 1], [3, 1], [0, -1]])
    # Surface 2 m, a hole, surface 4 m, right of and above the image.
    np.testing.assert_allclose(
        surface_gaps_m(depth, keypoints, np.array([2.1, 3, 3.5, 6, 1])),
        [0.1, np.nan, -0.5, np.nan, np.nan],
    )


def test_medians_over_frames():
    frames = [np.full((1, 3), 2.0), np.full((1, 1), 1.0)]
    keypoints = [np.array([[0, 0], [1, 0], [2, 0]]), np.array([[0, 0]])]
    depths = [np.array([2.1, 1.7, 4.0]), np.array([1.2])]
    # Gaps 0.1, -0.3, 2, 0.2; ratios 1.05, 0.85, 2, 1.2.
    assert median_surface_gap_m(frames, keypoints, depths) == pytest.approx(0.25)
    assert median_depth_ratio(frames, keypoints, depths) == pytest.approx(1.125)
    holes = [frame * 0 for frame in frames]
    assert np.isnan(median_surface_gap_m(holes, keypoints, depths))
    assert np.isnan(median_depth_ratio(holes, keypoints, depths))


def test_projection_errors():
    camera = Camera(100.0, 200.0, 5.0, 6.0, 10, 10)
    points = np.array([[[0, 0, 1.0], [1, -1, 2]]])
    pixels = np.array([[[5, 6], [55 + 3, -94 + 4]]])
    np.testing.assert_allclose(projection_errors_px(points, pixels, camera), [[0, 5]])


@pytest.mark.parametrize(
    'count, number, expected', [(10, 3, [0, 4, 9]), (2, 5, [0, 1]), (1, 4, [0])]
)
def test_spread_rows(count, number, expected):
    np.testing.assert_array_equal(spread_rows(count, number), expected)


def test_real_views_of_itop_are_told_apart(real_data_dir):
    """Labels of each view with depth of each; the top's scale is a guess."""
    front = np.load(real_data_dir / 'itop_front_real_64.npz')
    top = np.load(real_data_dir / 'itop_top_real_64.npz')
    frames = dict(
        front=front['depth01'] * front['scale_m_est'][:, None, None], top=top['depth01'] * 2.83
    )
    for labels, depth, fits in (
        (front, 'front', True),
        (top, 'top', True),
        (front, 'top', False),
        (top, 'front', False),
    ):
        gap_m = median_surface_gap_m(
            frames[depth],
            labels['kpt_crop_xy'][:, ARM_JOINTS],
            labels['kpt_world_m'][:, ARM_JOINTS, 2],
        )
        assert (gap_m <= MAX_MEDIAN_GAP_M) == fits
