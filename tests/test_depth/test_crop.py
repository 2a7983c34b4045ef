"""The crop's geometry against MMPose's own transforms."""

import numpy as np
import pytest
from mmengine.registry import init_default_scope

from mmpose.datasets.transforms import GetBBoxCenterScale, TopdownAffine
from mmpose.structures.bbox import get_udp_warp_matrix
from mmpose_cmb.depth.crop import box_to_region, crop_depth, crop_matrix, crop_to_frame, lift


@pytest.mark.parametrize('crop_size', [(64, 64), (96, 128), (192, 64)])
@pytest.mark.parametrize('padding', [1.0, 1.25])
def test_region_and_matrix_are_those_of_mmpose(crop_size, padding):
    init_default_scope('mmpose')
    bbox = np.array([[20.5, 31.0, 88.0, 150.25]], np.float32)
    results = dict(bbox=bbox.copy(), img=[])
    results = GetBBoxCenterScale(padding=padding)(results)
    results = TopdownAffine(input_size=crop_size, use_udp=True)(results)

    region = box_to_region(bbox[0], crop_size, padding)

    np.testing.assert_allclose(region.center, results['input_center'])
    np.testing.assert_allclose(region.scale, results['input_scale'])
    np.testing.assert_allclose(
        crop_matrix(region, crop_size),
        get_udp_warp_matrix(region.center, region.scale, 0., crop_size),
        rtol=1e-6, atol=1e-4)  # yapf: disable


def test_corners_of_the_crop_are_those_of_the_box():
    # The crop of 32 pixels shows 80, centred at (100, 60).
    region = box_to_region((60, 20, 140, 100), (32, 32))
    corners = np.array([[0.0, 0.0], [32.0, 32.0], [16.0, 16.0]])
    assert crop_to_frame(corners, region, (32, 32)).tolist() == [
        [60.0, 20.0],
        [140.0, 100.0],
        [100.0, 60.0],
    ]


def test_crop_outside_the_frame_is_invalid():
    depth_m = np.full((40, 50), 2.0, np.float32)
    crop = crop_depth(depth_m, box_to_region((-20, 0, 19, 39), (40, 40)), (40, 40))
    assert (crop[:, :19] == 0).all() and (crop[:, 21:] == 2).all()


def test_lifting_inverts_the_projection():
    points = np.random.default_rng(0).uniform((-1, -1, 1), (1, 1, 4), (9, 3))
    fx, fy, cx, cy = 300.0, 310.0, 160.0, 120.0
    pixels = points[:, :2] / points[:, 2:] * (fx, fy) + (cx, cy)
    np.testing.assert_allclose(lift(pixels, points[:, 2], (fx, fy, cx, cy)), points)
