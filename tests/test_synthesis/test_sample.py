import sys

import numpy as np
import pytest

from mmpose_cmb.camera import ITOP_CAMERA, KINECT_V2_HALF, Camera, project
from mmpose_cmb.synthesis.body import load_body_model
from mmpose_cmb.synthesis.joints import K2HPD_JOINTS
from mmpose_cmb.synthesis.sample import joints_visible, make_sample

SMALL = Camera(70.0, 70.0, 39.5, 29.5, 80, 60)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b))


def test_a_sample_depends_on_seed_and_index_alone():
    first = [make_sample(3, index, SMALL) for index in range(4)]
    backwards = [make_sample(3, index, SMALL) for index in (3, 2, 1, 0)]
    for a, b in zip(first, backwards[::-1]):
        assert same(a, b)
    assert not same(first[0], first[1])
    assert not same(first[0], make_sample(4, 0, SMALL))


def test_thread_count_does_not_change_a_sample():
    import torch

    alone = make_sample(3, 5, SMALL)
    torch.set_num_threads(2)
    try:
        assert same(alone, make_sample(3, 5, SMALL))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_the_sensor_leaves_scene_and_labels_alone():
    light = make_sample(3, 1, SMALL, 'structured_light')
    flight = make_sample(3, 1, SMALL, 'time_of_flight')
    assert np.array_equal(light.keypoints_uv, flight.keypoints_uv)
    assert np.array_equal(light.body_mask, flight.body_mask)
    assert not np.array_equal(light.depth_m, flight.depth_m)
    drawn = {make_sample(3, index, SMALL).sensor for index in range(12)}
    assert drawn == {'structured_light', 'time_of_flight'}


@pytest.mark.parametrize('camera', [KINECT_V2_HALF, ITOP_CAMERA])
def test_labels_fit_the_image(camera):
    facing, visible, near = [], [], []
    for index in range(25):
        sample = make_sample(0, index, camera)
        assert sample.depth_m.shape == (camera.height, camera.width)
        assert sample.depth_m.dtype == np.float32
        np.testing.assert_allclose(sample.keypoints_uv, project(sample.keypoints_cam_m, camera))
        u, v = np.rint(sample.keypoints_uv).astype(int).T
        inside = (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)
        assert not (sample.visible & ~inside).any()
        # Seen joints are behind a surface of the body, within 25 cm of it.
        for k in np.flatnonzero(sample.visible):
            if sample.body_mask[v[k], u[k]] and sample.depth_m[v[k], u[k]]:
                near.append(sample.keypoints_cam_m[k, 2] - sample.depth_m[v[k], u[k]])
        visible.append(sample.visible.mean())
        right, left = (
            sample.keypoints_cam_m[K2HPD_JOINTS.index(f'{side}_shoulder')]
            for side in ('right', 'left')
        )
        facing.append(right[0] < left[0])
        body = sample.depth_m[sample.body_mask]
        assert len(body) > 300 and (body == 0).mean() < 0.4
    assert np.mean(facing) > 0.7
    assert 0.75 < np.mean(visible) < 1
    assert 0.02 < np.median(near) < 0.12


def test_visibility():
    surface = np.full((20, 20), 3.0, np.float32)
    surface[:, 10:] = 2.0
    surface[0, 0] = 0
    uv = np.array([(5.0, 5), (5, 5), (12, 5), (12, 5), (-1, 5), (5, 20), (0, 0)])
    depth = np.array([3.1, 3.24, 2.2, 3.0, 2.0, 2.0, 9.0])
    np.testing.assert_array_equal(
        joints_visible(uv, depth, surface), [True, True, True, False, False, False, True]
    )


@pytest.mark.parametrize(
    'arguments, message',
    [
        ((-1, 0, SMALL), 'seed -1'),
        ((0, -2, SMALL), 'index -2'),
        ((0, 0, SMALL, 'stereo'), "unknown sensor 'stereo'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_sample(*arguments)


@pytest.mark.parametrize('package', ['anny', 'warp'])
def test_missing_packages_are_named(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    load_body_model.cache_clear()
    try:
        with pytest.raises(ImportError, match='pip install anny warp-lang'):
            make_sample(0, 0, SMALL)
    finally:
        load_body_model.cache_clear()
