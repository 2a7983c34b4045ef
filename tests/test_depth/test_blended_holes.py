import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.blended_holes import blended_with_holes


def room_m():
    """A wall with a person before it, a shadow beside it and scattered holes."""
    depth_m = np.full((240, 320), 3.5, np.float32)
    depth_m[60:240, 120:180] = 2.0
    depth_m[60:240, 180:190] = 0
    cv2.circle(depth_m, (250, 80), 25, 0.0, -1)
    depth_m[np.random.default_rng(0).random(depth_m.shape) < 0.002] = 0
    return depth_m


def test_nothing_of_a_frame_as_it_was_measured():
    assert not blended_with_holes(room_m()).any()


def test_a_person_that_touches_a_shadow_stays():
    depth_m = room_m()
    resized = cv2.resize(depth_m, (160, 120), interpolation=cv2.INTER_NEAREST)
    assert not blended_with_holes(resized).any()


@pytest.mark.parametrize('interpolation', [cv2.INTER_LINEAR, cv2.INTER_AREA])
def test_the_rims_of_a_resized_frame_are_told(interpolation):
    depth_m = room_m()
    size = (200, 150)
    resized = cv2.resize(depth_m, size, interpolation=interpolation)
    blended = blended_with_holes(resized)
    # What is neither the wall, the person nor between them is a mixture with 0.
    mixed = (resized > 0) & (resized < 1.7)
    assert blended[mixed].mean() > 0.8
    assert (resized[blended] < 0.86 * 3.5).all()


def test_frames_of_holes_and_without_holes():
    for depth_m in (np.zeros((4, 4), np.float32), np.ones((4, 4), np.float32)):
        assert not blended_with_holes(depth_m).any()
