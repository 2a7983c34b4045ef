import numpy as np
import pytest

from mmpose_cmb.pinhole import (ITOP_CAMERA, Intrinsics, KINECT_V2_HALF,
                                intrinsics_from_fov, project, unproject)
from mmpose_cmb.synthesis.camera import (look_along, sample_camera,
                                         world_to_camera)


def test_project_matches_hand_computed_pixels():
    camera = Intrinsics(100, 80, 50., 40., 10., 20.)
    points = np.array([[0, 0, 2.], [1, 0, 2.], [0, -3, 4.]])
    # u = 10 + 50 x / z, v = 20 + 40 y / z
    np.testing.assert_allclose(project(points, camera),
                               [[10, 20], [35, 20], [10, -10]])


def test_itop_camera_is_the_one_its_labels_imply():
    # u = 160 + X / (0.0035 Z), v = 120 - Y / (0.0035 Z) with Y up.
    uv = project(np.array([[0.7, -0.35, 2.]]), ITOP_CAMERA)
    np.testing.assert_allclose(uv, [[260, 70]])


def test_unproject_inverts_project():
    rng = np.random.default_rng(0)
    points = rng.uniform((-1, -1, 1), (1, 1, 5), (50, 3))
    uv = project(points, KINECT_V2_HALF)
    np.testing.assert_allclose(unproject(uv, points[:, 2], KINECT_V2_HALF),
                               points,
                               atol=1e-12)


def test_field_of_view_reaches_the_edges():
    camera = intrinsics_from_fov(320, 240, 60)
    # The left edge of pixel 0 is half a pixel left of its centre.
    edge = np.array([-0.5, camera.cy])
    x, _, z = unproject(edge, np.array(1.), camera)
    assert np.degrees(np.arctan2(-x, z)) == pytest.approx(30)
    assert camera.fx == camera.fy


@pytest.mark.parametrize('arguments, message', [
    ((8, 240, 60), '8x240'),
    ((320, 240, 5), 'between 10 and 150'),
    ((320, 240, 170), 'between 10 and 150'),
])
def test_impossible_camera_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        intrinsics_from_fov(*arguments)


def test_look_along_axes():
    # At zero: right is +x, down is -z, forward is +y.
    np.testing.assert_allclose(look_along(0, 0, 0),
                               [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
                               atol=1e-12)
    # Tilted down by 30 degrees the view sinks by sin 30.
    forward = look_along(0, np.radians(30), 0)[2]
    np.testing.assert_allclose(forward, [0, np.sqrt(3) / 2, -0.5])
    # Turned right by 90 degrees it looks along +x.
    np.testing.assert_allclose(look_along(np.pi / 2, 0, 0)[2], [1, 0, 0],
                               atol=1e-12)
    rotation = look_along(0.3, 0.2, 0.1)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1)


def test_sampled_cameras_see_most_people_whole():
    low, high = np.array([-0.4, -0.2, 0]), np.array([0.4, 0.2, 1.75])
    corners = np.array([(x, y, z) for x in (low[0], high[0])
                        for y in (low[1], high[1]) for z in (low[2], high[2])])
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
