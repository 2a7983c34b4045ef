import numpy as np
import pytest

from mmpose_cmb.camera import KINECT_V2_HALF, project
from mmpose_cmb.synthesis.camera import look_along, sample_camera, world_to_camera


def test_look_along_axes():
    # At zero: right is +x, down is -z, forward is +y.
    np.testing.assert_allclose(look_along(0, 0, 0), [[1, 0, 0], [0, 0, -1], [0, 1, 0]], atol=1e-12)
    # Tilted down by 30 degrees the view sinks by sin 30.
    forward = look_along(0, np.radians(30), 0)[2]
    np.testing.assert_allclose(forward, [0, np.sqrt(3) / 2, -0.5])
    # Turned right by 90 degrees it looks along +x.
    np.testing.assert_allclose(look_along(np.pi / 2, 0, 0)[2], [1, 0, 0], atol=1e-12)
    rotation = look_along(0.3, 0.2, 0.1)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)


def test_sampled_cameras_see_most_people_whole():
    low, high = np.array([-0.4, -0.2, 0]), np.array([0.4, 0.2, 1.75])
    corners = np.array(
        [
            (x, y, z)
            for x in (low[0], high[0])
            for y in (low[1], high[1])
            for z in (low[2], high[2])
        ]
    )
    rng = np.random.default_rng(0)
    whole, shares = [], []
    for _ in range(300):
        pose = sample_camera(rng, KINECT_V2_HALF, low, high)
        points = world_to_camera(corners, pose)
        assert (points[:, 2] > 0.5).all()
        uv = project(points, KINECT_V2_HALF)
        whole.append(((uv >= 0) & (uv < (256, 212))).all())
        shares.append(np.ptp(uv[:, 1]) / 212)
    assert 0.75 < np.mean(whole) < 1
    assert 0.5 < np.median(shares) < 0.75
