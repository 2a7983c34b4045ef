import numpy as np
import pytest

from mmpose.structures.bbox import get_warp_matrix
from mmpose_cmb.depth.depth_warp import warp_depth
from mmpose_cmb.depth.person_depth import estimate_person_depth, normalize_depth


def _scene(person_share):
    """A person of this share of the width at 2.5 m before a wall at 4 m."""
    crop = np.full((100, 100), 4.0, np.float32)
    half = int(50 * person_share)
    crop[10:90, 50 - half : 50 + half] = 2.5
    return crop


@pytest.mark.parametrize('person_share', [0.12, 0.4, 1.0])
def test_finds_the_person_before_a_wall(person_share):
    assert estimate_person_depth(_scene(person_share)) == 2.5


def test_a_stretched_arm_and_noise_do_not_pull_it():
    crop = _scene(0.3)
    crop[45:55, 45:55] = 1.8  # a hand towards the camera
    crop += np.random.default_rng(0).normal(0, 0.02, crop.shape)
    assert abs(estimate_person_depth(crop.astype(np.float32)) - 2.5) < 0.02


def test_holes_are_not_depths():
    crop = _scene(0.5)
    crop[::2] = 0
    assert estimate_person_depth(crop) == 2.5
    crop[30:70, 30:70] = 0  # nothing in the middle: the rest is used
    assert estimate_person_depth(crop) == 2.5
    assert np.isnan(estimate_person_depth(np.zeros((5, 5), np.float32)))


def test_what_is_clipped_is_nobodys():
    # A hand of a third of the crop at 0.5 m, a body 0.25 m behind it.
    crop = np.full((90, 90), 0.75, np.float32)
    crop[15:75, 30:60] = 0.5
    assert estimate_person_depth(crop) == 0.5
    crop[:, 50:] = 0.75
    assert estimate_person_depth(crop) == 0.75
    assert estimate_person_depth(crop, half_range_m=0.15) == 0.5


@pytest.mark.parametrize('shape', [(1, 1), (2, 3), (3, 90)])
def test_tiny_crops(shape):
    assert estimate_person_depth(np.full(shape, 1.5, np.float32)) == 1.5


def test_real_frames(real_data_dir):
    """95 % of ITOP's front-view frames within 10 cm of the joints."""
    data = np.load(real_data_dir / 'itop_front_real_64.npz')
    frames = data['depth01'] * data['scale_m_est'][:, None, None]
    errors = []
    for frame, joints, world in zip(frames, data['kpt_crop_xy'], data['kpt_world_m']):
        low, high = joints.min(axis=0), joints.max(axis=0)
        side = 1.3 * 1.25 * (high - low).max()
        matrix = get_warp_matrix((low + high) / 2, np.full(2, side), 0.0, (64, 64))
        crop = warp_depth(frame, matrix, (64, 64))
        errors.append(estimate_person_depth(crop) - np.median(world[:, 2]))
    errors = np.array(errors)
    # The surface lies nearer than the joints.
    assert -0.08 < np.median(errors) < 0
    assert np.quantile(np.abs(errors), 0.95) < 0.1


def test_normalize_by_hand():
    crop = np.array([[2.0, 2.5, 1.75], [0.5, 9.0, 0.0]], np.float32)
    np.testing.assert_allclose(normalize_depth(crop, 2.0, 1.0), [[0, 0.5, -0.25], [-1, 1, 1]])
    np.testing.assert_allclose(
        normalize_depth(crop, 2.0, 0.5, hole_value=-0.5), [[0, 1, -0.5], [-1, 1, -0.5]]
    )


def test_normalize_an_empty_crop():
    empty = normalize_depth(np.zeros((2, 2), np.float32), float('nan'), 1.0, hole_value=0.25)
    np.testing.assert_array_equal(empty, np.full((2, 2), 0.25))
    assert empty.dtype == np.float32
