"""Joints in space, pixels and the depth image stay one after every transform.

A frame is drawn in which the pixel of each joint has the joint's own depth;
whatever the transforms do, projecting the joints must lead to their pixels,
and the image must have their depth there.
"""

import numpy as np
import pytest
from mmengine.registry import init_default_scope

from mmpose.registry import TRANSFORMS
from mmpose.structures.bbox import get_udp_warp_matrix
from mmpose_cmb.camera import Camera, project

CAMERA = Camera(150.0, 140.0, 75.0, 63.0, 160, 120)
K = 6
INPUT_SIZE = (96, 128)
AFFINE = dict(type='TopdownDepthAffine', input_size=INPUT_SIZE, use_udp=True)
BOX = [dict(type='GetBBoxCenterScale', padding=1.0)]
FLIP = [dict(type='RandomDepthFlip', prob=1.0)]
SHIFT = [dict(type='RandomDepthShift', max_shift_m=0.3)]


def turned(**kwargs):
    return [dict(type='RandomBBoxTransform', **kwargs)]


ROTATION = turned(rotate_prob=1., rotate_factor=60., shift_prob=0.,
                  scale_prob=0.)  # yapf: disable
CROP = turned(rotate_prob=0., shift_prob=1., scale_prob=1., shift_factor=0.1,
              scale_factor=(0.9, 1.3))  # yapf: disable


def make_sample():
    rng = np.random.default_rng(3)
    joints = rng.uniform((-0.6, -0.4, 1.8), (0.6, 0.4, 2.6), (1, K, 3))
    pixels = project(joints, CAMERA)
    image = np.full((CAMERA.height, CAMERA.width), 4.0, np.float32)
    for (x, y), z in zip(pixels[0].round().astype(int), joints[0, :, 2]):
        image[y - 3 : y + 4, x - 3 : x + 4] = z
    return dict(
        img=image,
        img_shape=image.shape,
        keypoints=pixels.astype(np.float32),
        keypoints_visible=np.ones((1, K), np.float32),
        keypoints_cam=joints.astype(np.float32),
        intrinsics=np.array(CAMERA[:4], np.float32),
        bbox=np.array([[20, 15, 130, 105]], np.float32),
        flip_indices=[1, 0, 2, 4, 3, 5],
    )


def apply(results, steps):
    for step in steps:
        results = TRANSFORMS.build(step)(results)
    return results


def camera_of(results):
    height, width = results['img_shape']
    return Camera(*map(float, results['intrinsics']), width, height)


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('steps', [
    BOX, FLIP + BOX, SHIFT + BOX, BOX + ROTATION, BOX + CROP,
    SHIFT + FLIP + BOX + CROP + ROTATION
], ids=['box', 'flip', 'shift', 'rotation', 'crop', 'all'])  # yapf: disable
def test_projected_joints_are_where_the_pixels_are(steps, seed):
    init_default_scope('mmpose')
    np.random.seed(seed)
    results = apply(make_sample(), steps)
    in_frame = project(results['keypoints_cam'], camera_of(results))
    np.testing.assert_allclose(in_frame, results['keypoints'], atol=1e-3)

    results = apply(results, [AFFINE])
    matrix = get_udp_warp_matrix(
        results['input_center'],
        results['input_scale'],
        results.get('bbox_rotation', [0.0])[0],
        INPUT_SIZE,
    )
    expected = in_frame @ matrix[:, :2].T + matrix[:, 2]
    found = results['transformed_keypoints']
    np.testing.assert_allclose(found, expected, atol=1e-3)

    width, height = INPUT_SIZE
    inside = ((found >= 4) & (found <= (width - 5, height - 5))).all(-1)[0]
    assert inside.sum() >= 2
    for (x, y), (*_, z) in zip(
        found[0, inside].round().astype(int), results['keypoints_cam'][0, inside]
    ):
        assert results['img'][y, x] == pytest.approx(z, abs=1e-5)


def test_a_wrong_mirror_is_noticed():
    """What MMPose's own flip does to joints in space: nothing."""
    init_default_scope('mmpose')
    results = apply(make_sample(), [dict(type='RandomFlip', prob=1.0)])
    in_frame = project(results['keypoints_cam'], camera_of(results))
    assert np.abs(in_frame - results['keypoints']).max() > 5
