"""The response on and beside the body, against cells counted by hand."""

import cv2
import numpy as np
import pytest
import torch

from mmpose.structures.bbox import get_udp_warp_matrix
from mmpose_cmb.analysis import crop_mask, person_mask, silhouette_response, synthetic_body_mask
from mmpose_cmb.analysis.memory_picture import strongest_channels
from mmpose_cmb.camera import Camera
from mmpose_cmb.synthesis import Recipe, generate_dataset, make_sample


def naive_response(maps, mask):
    """Cell by cell, with the part of each cell that is covered."""
    channels, h, w = maps.shape
    step_y, step_x = mask.shape[0] // h, mask.shape[1] // w
    sums, areas = [0.0, 0.0], [0.0, 0.0]
    for y in range(h):
        for x in range(w):
            part = mask[y * step_y : (y + 1) * step_y, x * step_x : (x + 1) * step_x].mean()
            response = np.abs(maps[:, y, x]).mean()
            for side, weight in enumerate((part, 1 - part)):
                sums[side] += weight * response
                areas[side] += weight
    return sums[0] / areas[0], sums[1] / areas[1]


@pytest.mark.parametrize('size', [(4, 6), (8, 12), (16, 24)])
def test_every_scale_against_a_loop(size):
    rng = np.random.default_rng(0)
    mask = rng.random((16, 24)) < 0.3
    maps = rng.normal(size=(5, *size))
    found = silhouette_response(torch.from_numpy(maps), mask)
    np.testing.assert_allclose(found, naive_response(maps, mask), rtol=1e-12)
    assert found.contrast == found.inside / found.outside


def test_flat_maps_have_no_contrast():
    mask = np.zeros((8, 8), bool)
    mask[2:5, 1:4] = True
    assert silhouette_response(torch.ones(3, 4, 4), mask).contrast == 1


@pytest.mark.parametrize('value, what', [(True, 'all'), (False, 'nothing')])
def test_a_mask_without_two_sides(value, what):
    with pytest.raises(ValueError, match=f'covers {what} of the crop'):
        silhouette_response(torch.ones(1, 2, 2), np.full((4, 4), value))


def test_person_mask_leaves_out_what_was_clipped():
    crop = np.array([[-1.0, -0.99, 0.0], [0.5, 0.999, 1.0]])
    assert person_mask(crop).tolist() == [[False, True, True], [True, True, False]]


def test_cropped_mask_lies_where_the_crop_of_the_frame_lies():
    mask = np.zeros((60, 80), bool)
    mask[20:40, 30:50] = True
    center, scale = np.array([45.0, 25.0]), np.array([40.0, 40.0])
    cropped = crop_mask(mask, center, scale, (32, 32))
    matrix = get_udp_warp_matrix(center, scale, 0.0, output_size=(32, 32))
    for y, x in np.ndindex(32, 32):
        u, v = np.linalg.solve(matrix[:, :2], [x, y] - matrix[:, 2])
        # Away from the edge, where rounding decides.
        if min(abs(u - 29.5), abs(u - 49.5), abs(v - 19.5), abs(v - 39.5)) > 0.6:
            inside = 29.5 < u < 49.5 and 19.5 < v < 39.5
            assert cropped[y, x] == inside


def test_a_synthetic_frames_silhouette_is_made_again(tmp_path):
    camera = Camera(50.0, 50.0, 31.5, 23.5, 64, 48)
    generate_dataset(tmp_path, dict(train=0, test=1), Recipe(3, camera), progress=False)
    path = tmp_path / 'depth_data' / 'depth_images' / '50000000.png'
    expected = make_sample(3, 50_000_000, camera).body_mask
    assert expected.any()
    assert np.array_equal(synthetic_body_mask(str(path)), expected)
    # The body is in the stored image: valid depth in nearly all of it.
    millimetres = cv2.imread(str(path).replace('depth_images', 'depth_mm'), cv2.IMREAD_UNCHANGED)
    assert (millimetres[expected] > 0).mean() > 0.6


def test_images_of_others_have_no_exact_silhouette(tmp_path):
    assert synthetic_body_mask(str(tmp_path / 'a/b/00000001.png')) is None


def test_strongest_channels():
    maps = torch.tensor([1.0, -5.0, 3.0])[:, None, None].expand(3, 2, 2)
    assert strongest_channels(maps, 2) == [1, 2]
    assert strongest_channels(maps, 9) == [1, 2, 0]
