import numpy as np

from mmpose_cmb.depth.foreground_box import find_foreground_box
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.pose.frame_boxes import frame_boxes


def test_the_largest_part_with_a_margin():
    depth_m = np.zeros((60, 80), np.float32)
    depth_m[10:30, 20:70] = 0.5
    depth_m[50:55, 5:10] = 0.4
    # 12 % of its width of 50 pixels.
    np.testing.assert_allclose(find_foreground_box(depth_m), [14, 4, 75, 35])
    boxes, scores, _ = frame_boxes(DepthFrame(depth_m), foreground_only=True)
    np.testing.assert_allclose(boxes, [[14, 4, 75, 35]])
    np.testing.assert_allclose(scores, [1])


def test_nothing_left():
    depth_m = np.zeros((60, 80), np.float32)
    assert find_foreground_box(depth_m) is None
    assert not len(frame_boxes(DepthFrame(depth_m), None, True)[0])
