"""RandomDepthFlip and RandomDepthShift keep pixels, camera and space true."""

import numpy as np

from mmpose_cmb.datasets.transforms import RandomDepthFlip, RandomDepthShift


def project(points, intrinsics):
    fx, fy, cx, cy = intrinsics
    return np.stack(
        [cx + fx * points[..., 0] / points[..., 2], cy + fy * points[..., 1] / points[..., 2]],
        axis=-1,
    )


def make_results():
    rng = np.random.default_rng(0)
    points = rng.uniform((-1, -1, 2), (1, 1, 4), (1, 4, 3)).astype(np.float32)
    intrinsics = np.array([280.0, 285.0, 150.0, 118.0], np.float32)
    return dict(
        img=np.full((240, 320), 3.0, np.float32),
        img_shape=(240, 320),
        bbox=np.array([[20.0, 30.0, 200.0, 220.0]], np.float32),
        bbox_center=np.array([[110.0, 125.0]], np.float32),
        keypoints=project(points, intrinsics),
        intrinsics=intrinsics,
        keypoints_visible=np.ones((1, 4), np.float32),
        keypoints_cam=points,
        flip_indices=[0, 2, 1, 3],
    )


def test_mirrored_joints_project_to_the_mirrored_pixels():
    before = make_results()
    after = RandomDepthFlip(prob=1.0)(make_results())
    np.testing.assert_allclose(
        project(after['keypoints_cam'], after['intrinsics']), after['keypoints'], atol=1e-3
    )
    # Joint 1 became joint 2, at the mirrored place and the same depth.
    np.testing.assert_allclose(
        after['keypoints'][0, 2, 0], 319 - before['keypoints'][0, 1, 0], atol=1e-3
    )
    np.testing.assert_array_equal(
        after['keypoints_cam'][0, 2, 1:], before['keypoints_cam'][0, 1, 1:]
    )


def test_twice_is_nothing():
    flip = RandomDepthFlip(prob=1.0)
    before, after = make_results(), flip(flip(make_results()))
    for key in ('keypoints', 'keypoints_cam', 'intrinsics', 'img'):
        np.testing.assert_allclose(after[key], before[key], atol=1e-4)


def test_unflipped_and_without_space():
    after = RandomDepthFlip(prob=0.0)(make_results())
    np.testing.assert_array_equal(after['keypoints_cam'], make_results()['keypoints_cam'])
    flat = make_results()
    del flat['keypoints_cam'], flat['intrinsics']
    assert RandomDepthFlip(prob=1.0)(flat)['flip']


def test_a_shift_moves_joints_along_their_rays():
    before, after = make_results(), RandomDepthShift(0.5)(make_results())
    shift = after['img'][0, 0] - 3.0
    assert shift != 0
    np.testing.assert_allclose(
        after['keypoints_cam'][..., 2], before['keypoints_cam'][..., 2] + shift, atol=1e-5
    )
    np.testing.assert_allclose(
        project(after['keypoints_cam'], after['intrinsics']), before['keypoints'], atol=1e-3
    )
