import numpy as np
import pytest

from mmpose_cmb.camera import (
    ITOP_CAMERA,
    KINECT_V2_HALF,
    Camera,
    camera_from_fov,
    check_camera_of_image,
    check_intrinsics,
    project,
    unproject,
)


def test_project_matches_hand_computed_pixels():
    camera = Camera(50.0, 40.0, 10.0, 20.0, 100, 80)
    points = np.array([[0, 0, 2.0], [1, 0, 2.0], [0, -3, 4.0]])
    # u = 10 + 50 x / z, v = 20 + 40 y / z
    np.testing.assert_allclose(project(points, camera), [[10, 20], [35, 20], [10, -10]])


def test_itop_camera_is_the_one_its_labels_imply():
    # u = 160 + X / (0.0035 Z), v = 120 - Y / (0.0035 Z) with Y up.
    uv = project(np.array([[0.7, -0.35, 2.0]]), ITOP_CAMERA)
    np.testing.assert_allclose(uv, [[260, 70]])


def test_unproject_inverts_project():
    rng = np.random.default_rng(0)
    points = rng.uniform((-1, -1, 1), (1, 1, 5), (50, 3))
    uv = project(points, KINECT_V2_HALF)
    np.testing.assert_allclose(unproject(uv, points[:, 2], KINECT_V2_HALF), points, atol=1e-12)


def test_field_of_view_reaches_the_edges():
    camera = camera_from_fov(320, 240, 60)
    # The left edge of pixel 0 is half a pixel left of its centre.
    edge = np.array([-0.5, camera.cy])
    x, _, z = unproject(edge, np.array(1.0), camera)
    assert np.degrees(np.arctan2(-x, z)) == pytest.approx(30)
    assert camera.fx == camera.fy


@pytest.mark.parametrize(
    'arguments, message',
    [
        ((8, 240, 60), '8x240'),
        ((320, 240, 5), 'between 10 and 150'),
        ((320, 240, 170), 'between 10 and 150'),
    ],
)
def test_impossible_camera_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        camera_from_fov(*arguments)


@pytest.mark.parametrize(
    'said',
    [
        (286, '285', 160, 120),
        np.array([[286, 285, 160, 120]], np.float32),
        Camera(286, 285, 160, 120),
    ],
)
def test_what_is_said_of_a_camera(said):
    camera = check_intrinsics(said)
    assert camera == Camera(286.0, 285.0, 160.0, 120.0)
    assert all(type(number) is float for number in camera[:4])


def test_a_camera_keeps_its_image_size():
    assert check_intrinsics(ITOP_CAMERA) == ITOP_CAMERA


@pytest.mark.parametrize(
    'said',
    [
        (286, 285, 160),
        (286, 285, 160, 120, 320, 240),
        (0, 285, 160, 120),
        (286, -1, 160, 120),
        (286, float('nan'), 160, 120),
        (286, 285, float('inf'), 120),
        ('a', 285, 160, 120),
        286,
        'itop',
        Camera(0, 285, 160, 120, 320, 240),
    ],
)
def test_no_camera(said):
    with pytest.raises(ValueError, match='expected fx, fy, cx, cy in pixels'):
        check_intrinsics(said)


@pytest.mark.parametrize(
    'said, message',
    [
        ((0.715, 0.863, 0.498, 0.498), 'multiply fx and cx by the width'),
        ((3.67, 3.67, 2.4, 1.8), 'are no pixels'),
        ((1e9, 286, 160, 120), 'expected fx, fy, cx, cy'),
        ((286, 286, -1e6, 120), 'expected fx, fy, cx, cy|beyond'),
    ],
)
def test_what_is_no_pixels(said, message):
    with pytest.raises(ValueError, match=message):
        check_intrinsics(said)


@pytest.mark.parametrize(
    'numbers, size',
    [
        # Kinect v1 and v2, Azure Kinect, RealSense, TUM's and NYU's calibrations.
        ((525, 525, 319.5, 239.5), (640, 480)),
        ((366.2, 366.1, 258.1, 205.3), (512, 424)),
        ((504, 504, 320.1, 330.4), (640, 576)),
        ((425, 425, 424, 240), (848, 480)),
        ((517.3, 516.5, 318.6, 255.3), (640, 480)),
        ((582.6, 582.7, 320.2, 260.4), (640, 480)),
        ((241, 241, 512, 512), (1024, 1024)),
        ((366, 366, 212, 256), (424, 512)),
        (ITOP_CAMERA, (320, 240)),
        # Resized unevenly, and cut out of a larger image.
        ((89, 119, 49.5, 49.5), (100, 100)),
        ((1000, 1000, 100, 240), (640, 480)),
    ],
)
def test_cameras_that_are_of_the_image(numbers, size):
    check_camera_of_image(Camera(*numbers), *size)


@pytest.mark.parametrize(
    'numbers, message',
    [
        ((183, 127.5, 183, 105.5), 'another order, and 183, 183, 127.5, 105.5 is meant'),
        ((127.5, 105.5, 183, 183), 'another order, and 183, 183, 127.5, 105.5 is meant'),
        ((183, 183, 105.5, 127.5), 'is one of 212x256. Does the image lie on its side'),
        ((366, 366, 255.5, 211.5), 'of images of about 512x424'),
        ((91, 91, 63.5, 52.5), 'of images of about 128x106'),
        ((1081, 1081, 959.5, 539.5), 'lie outside'),
        ((183, 183, 300, 105.5), 'lie outside'),
        ((183, 183, -40, 105.5), 'lie outside'),
        ((105.5, 183, 127.5, 105.5), 'fx and fy differ'),
        ((2000, 2000, 127.5, 105.5), 'make the image 7 degrees wide'),
        ((20, 20, 127.5, 105.5), 'make the image 162 degrees wide'),
        (ITOP_CAMERA, 'it is that of 320x240 pixels'),
    ],
)
def test_cameras_that_are_not_of_the_image(numbers, message):
    with pytest.raises(ValueError, match=f'cannot be .* of 256x212 pixels: .*{message}'):
        check_camera_of_image(Camera(*numbers), 256, 212)
