import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.depth.depth_warp import warp_depth
from mmpose_cmb.depth.letterbox import (
    letterbox_frame,
    letterbox_matrix,
    move_boxes,
    pixels_per_metre,
)


@pytest.mark.parametrize('frame', [(320, 240), (240, 320), (640, 480), (100, 100)])
def test_the_frame_fits_in_and_keeps_its_shape(frame):
    matrix = letterbox_matrix(frame, (192, 160))
    assert matrix[0, 0] == matrix[1, 1] and matrix[0, 1] == matrix[1, 0] == 0
    corners = np.array([(0, 0, 1), (frame[0] - 1, frame[1] - 1, 1)]) @ matrix.T
    assert (corners > -1e-4).all() and (corners < np.array((191, 159)) + 1e-4).all()
    # In the middle, and one side touches.
    np.testing.assert_allclose(corners.sum(axis=0), (191, 159), atol=1e-3)
    assert np.isclose(corners[0], 0, atol=1e-4).any()


def test_a_person_has_the_size_that_the_values_say():
    """1 m at 2 m, seen by two cameras: as many pixels as the value says."""
    for focal, size in ((200.0, (320, 240)), (525.0, (640, 480))):
        depth = np.zeros(size[::-1], np.float32)
        metre = round(focal / 2)
        depth[20 : 20 + metre, 50:60] = 2.0
        matrix = letterbox_matrix(size, (192, 160))
        values = pixels_per_metre(warp_depth(depth, matrix, (192, 160)), focal * matrix[0, 0])
        rows = np.nonzero(values.max(axis=1))[0]
        assert abs(values.max() * 100 - len(rows)) <= 1


def test_holes_and_what_is_too_near_are_no_measurement():
    values = pixels_per_metre(np.array([[0, 0.2, 0.3, 4]], np.float32), 100.0)
    np.testing.assert_allclose(values, [[0, 0, 1 / 0.3, 0.25]], rtol=1e-6)
    assert values.dtype == np.float32


def test_moved_boxes_by_hand():
    boxes = np.array([[1, 2, 5, 10], [0, 0, 2, 2]], np.float32)
    turned = np.array([[0, -1, 0], [1, 0, 0]], np.float64)
    np.testing.assert_allclose(move_boxes(boxes, turned), [[-10, 1, -2, 5], [-2, 0, 0, 2]])
    matrix = letterbox_matrix((320, 240), (192, 160))
    back = move_boxes(move_boxes(boxes, matrix), cv2.invertAffineTransform(matrix))
    np.testing.assert_allclose(back, boxes, atol=1e-4)
    assert move_boxes(np.zeros((0, 4)), matrix).shape == (0, 4)


def test_noise_is_blurred_by_half_a_pixel_of_the_input_and_holes_stay():
    """White noise under a Gaussian keeps 1 / (2 sqrt(pi) sigma) of its deviation."""
    depth_m = np.random.default_rng(0).normal(2, 0.05, (480, 640)).astype(np.float32)
    depth_m[100:200, 100:200] = 0
    camera = Camera(500.0, 500.0, 319.5, 239.5, 640, 480)
    matrix = letterbox_matrix((640, 480), (192, 160))
    blurred_m, focal_px = letterbox_frame(depth_m, matrix, (192, 160), camera)
    factor = matrix[0, 0]
    assert focal_px == pytest.approx(500 * factor)
    # Without the bars above and below.
    inner = blurred_m[20:140, 5:187]
    expected = 0.05 / (2 * np.sqrt(np.pi) * 0.5 / factor)
    assert inner[inner > 1].std() == pytest.approx(expected, rel=0.05)
    plain = warp_depth(depth_m, matrix, (192, 160))
    np.testing.assert_array_equal(blurred_m == 0, plain == 0)
