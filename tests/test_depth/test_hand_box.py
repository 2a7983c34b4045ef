import heapq

import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.hand_box import JUMP_M, find_hand_box, surface_distances
from mmpose_cmb.pose.frame_boxes import frame_boxes

# At 0.5 m a pixel is 2 mm wide.
CAMERA = Camera(250.0, 250.0, 159.5, 119.5, 320, 240)
# Four fingers of 16 mm and 8 cm, a palm of 88 mm and 10 cm, pixels at 0.5 m.
PALM = (slice(100, 150), slice(138, 182))
FINGERS = [(slice(60, 100), slice(left, left + 8)) for left in (134, 149, 164, 179)]


def hand(depth_m=0.5):
    frame = np.zeros((240, 320), np.float32)
    for part in (PALM, *FINGERS):
        frame[part] = depth_m
    return frame


def test_a_hand_alone_is_taken_whole():
    depth_m = hand()
    depth_m[20:23, 20:23] = 0.3  # a speck, nearer
    # 10 % of its 90 pixels; cells are 4 pixels wide.
    expected = [134 - 9, 60 - 9, 186 + 9, 149 + 9]
    np.testing.assert_allclose(find_hand_box(depth_m, CAMERA), expected, atol=4.5)
    found = frame_boxes(DepthFrame(depth_m, CAMERA), foreground_only=True)
    np.testing.assert_allclose(found.bboxes, [expected], atol=4.5)
    assert found.scores == [1] and not found.camera_assumed


@pytest.mark.parametrize('turns', range(4))
def test_the_arm_is_cut_off_whence_it_comes(turns):
    depth_m = hand()
    depth_m[150:, 146:174] = 0.5  # 56 mm wide, to the image's border
    depth_m[depth_m == 0] = 0.9  # a wall
    depth_m[100:, :60] = 0.6  # somebody, 10 cm behind
    turned = np.rot90(depth_m, turns)
    height, width = turned.shape
    camera = Camera(250.0, 250.0, (width - 1) / 2, (height - 1) / 2, width, height)
    # The box as an image, turned back.
    x1, y1, x2, y2 = np.rint(find_hand_box(turned, camera)).astype(int)
    box = np.zeros((height, width), bool)
    box[y1 : y2 + 1, x1 : x2 + 1] = True
    rows, columns = np.nonzero(np.rot90(box, -turns))
    # The fingers' ends and sides, with a margin of 1-2 cm; the wrist within 3 cm.
    assert 45 < rows.min() < 60 and 140 < rows.max() < 175
    assert 118 < columns.min() < 134 and 186 < columns.max() < 205


def test_an_arm_that_goes_into_the_depth():
    depth_m = hand()
    rows = np.arange(150, 220)
    # From 0.5 to 0.95 m, where it ends in the image.
    depth_m[150:220, 146:174] = (0.5 + 0.45 * (rows - 150) / 70)[:, None]
    x1, y1, x2, y2 = find_hand_box(depth_m, CAMERA)
    assert y1 < 60 and y2 < 185 and x1 < 138 and x2 > 181


def test_of_an_arm_that_is_cut_off_the_end_with_fingers():
    depth_m = hand()
    depth_m[150:225, 146:174] = 0.5
    low, high = find_hand_box(depth_m, CAMERA)[[1, 3]]
    assert low < 60 and high < 180
    low, high = find_hand_box(depth_m[::-1].copy(), CAMERA)[[1, 3]]
    assert low > 59 and high > 179


def test_nothing_like_a_hand():
    depth_m = np.zeros((240, 320), np.float32)
    depth_m[20:23, 20:23] = 0.3
    assert find_hand_box(depth_m, CAMERA) is None
    assert not len(frame_boxes(DepthFrame(depth_m), None, True).bboxes)
    assert find_hand_box(np.zeros((240, 320), np.float32), CAMERA) is None


def test_ways_along_a_surface_are_dijkstras():
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 0.1, (9, 7, 3))
    points[..., 2] *= 0.6
    points[rng.random((9, 7)) < 0.15] = np.nan
    points[0, 0] = 0.03
    roots = np.zeros((9, 7), bool)
    roots[0, 0] = True
    expected = np.full((9, 7), np.inf)
    queue = [(0.0, (0, 0))]
    while queue:
        way, (y, x) = heapq.heappop(queue)
        if way >= expected[y, x]:
            continue
        expected[y, x] = way
        for ny in range(max(y - 1, 0), min(y + 2, 9)):
            for nx in range(max(x - 1, 0), min(x + 2, 7)):
                step = points[ny, nx] - points[y, x]
                if abs(step[2]) < JUMP_M:
                    heapq.heappush(queue, (way + float(np.sqrt((step**2).sum())), (ny, nx)))
    np.testing.assert_allclose(surface_distances(points, roots), expected)
    assert np.isinf(expected).any() and np.isfinite(expected).sum() > 20
