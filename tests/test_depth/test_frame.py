import numpy as np
import pytest

from mmpose_cmb.camera import ITOP_CAMERA, Camera
from mmpose_cmb.depth.frame import DepthFrame

DEPTH_M = np.ones((240, 320), np.float32)


def test_a_frames_camera():
    four_numbers = np.array([286, 285, 160, 120])
    assert DepthFrame(DEPTH_M, four_numbers).intrinsics == Camera(286.0, 285.0, 160.0, 120.0)
    assert DepthFrame(DEPTH_M, ITOP_CAMERA).intrinsics == ITOP_CAMERA
    assert DepthFrame(DEPTH_M).intrinsics is None


def test_what_is_no_camera_is_refused_at_once():
    with pytest.raises(ValueError, match='expected fx, fy, cx, cy in pixels'):
        DepthFrame(DEPTH_M, (286.0, 285.0, 160.0))


def test_a_camera_of_another_resolution_is_refused():
    with pytest.raises(ValueError, match='one.png: .* of images of about 640x480'):
        DepthFrame(DEPTH_M, (525, 525, 319.5, 239.5), 'one.png')
