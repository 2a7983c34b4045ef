import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.synthesis.render import render_depth

CAMERA = Camera(60.0, 60.0, 31.5, 23.5, 64, 48)


def rays():
    """The ray through each pixel's centre, with z = 1."""
    v, u = np.indices((48, 64))
    return np.stack([(u - 31.5) / 60, (v - 23.5) / 60, np.ones((48, 64))], -1)


def test_slanted_plane():
    # Corners on the plane n . p = c with n = (0.3, -0.2, 1), c = 3.
    normal, offset = np.array([0.3, -0.2, 1.0]), 3.0
    xy = np.array([(-9, -9), (9, -9), (9, 9), (-9, 9)], float)
    z = offset - xy @ normal[:2]
    seen = render_depth(np.column_stack([xy, z]), np.array([(0, 1, 2), (0, 2, 3)]), CAMERA)
    expected = offset / (rays() @ normal)
    np.testing.assert_allclose(seen.depth_m, expected, rtol=2e-5)
    unit = rays() / np.linalg.norm(rays(), axis=-1, keepdims=True)
    np.testing.assert_allclose(
        seen.cos_incidence, unit @ normal / np.linalg.norm(normal), atol=1e-4
    )


def sphere(radius, centre, rings=120):
    polar = np.linspace(0, np.pi, rings + 1)
    around = np.arange(2 * rings) * np.pi / rings
    p, a = np.meshgrid(polar, around, indexing='ij')
    vertices = radius * np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], -1)
    index = np.arange((rings + 1) * 2 * rings).reshape(rings + 1, -1)
    right = np.roll(index, -1, axis=1)
    faces = np.concatenate(
        [
            np.stack([index[:-1], index[1:], right[1:]], -1).reshape(-1, 3),
            np.stack([index[:-1], right[1:], right[:-1]], -1).reshape(-1, 3),
        ]
    )
    return vertices.reshape(-1, 3) + centre, faces


def test_sphere():
    radius, centre = 0.6, np.array([0.1, -0.05, 2.5])
    seen = render_depth(*sphere(radius, centre), CAMERA)
    # |t d - c|^2 = r^2, the smaller root; t is z because d has z = 1.
    d = rays()
    a, b = (d * d).sum(-1), d @ centre
    root = b**2 - a * (centre @ centre - radius**2)
    inside = root > 1e-3
    t = (b - np.sqrt(np.maximum(root, 0))) / a
    assert inside.sum() > 500
    np.testing.assert_allclose(seen.depth_m[inside], t[inside], atol=2e-3)
    outside = root < -0.02
    assert (seen.depth_m[outside] == 0).all()
    assert (seen.face[outside] == -1).all()


def test_nearest_surface_wins_and_tells_its_triangle():

    def square(half, z):
        return [(-half, -half, z), (half, -half, z), (0, half, z)]

    vertices = np.array(square(20, 4.0) + square(0.5, 2.0))
    seen = render_depth(vertices, np.array([(0, 1, 2), (3, 4, 5)]), CAMERA)
    assert seen.face[24, 32] == 1
    assert seen.depth_m[24, 32] == np.float32(2)
    assert seen.face[24, 2] == 0
    assert seen.depth_m[24, 2] == np.float32(4)


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no device 'cuda:99' to render on; this machine has cpu"):
        render_depth(*sphere(0.5, (0, 0, 2)), CAMERA, device='cuda:99')


def test_every_device_sees_the_same():
    from mmpose_cmb.synthesis.render import import_warp

    ball = sphere(0.5, (0.1, 0, 2))
    expected = render_depth(*ball, CAMERA).depth_m
    for device in import_warp().get_devices():
        seen = render_depth(*ball, CAMERA, device=str(device)).depth_m
        np.testing.assert_allclose(seen, expected, atol=1e-5)
