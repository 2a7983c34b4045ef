"""The maps against plain loops, and boxes through them and back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmpose_cmb.pose.box_maps import decode_boxes, encode_boxes

SIZE, STRIDE = (48, 40), 4
NOBODY = np.zeros((0, 4))
# The first two overlap; the third reaches out of the input.
BOXES = np.array([[20, 30, 60, 130], [50, 40, 80, 120], [150, 100, 210, 190]], np.float32)


def naive_maps(boxes, size, stride):
    """Cell by cell, in double precision."""
    width, height = size
    heat = np.zeros((height, width))
    sides = np.zeros((4, height, width))
    answers = {i: {} for i in range(len(boxes))}
    area = [(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in boxes.tolist()]
    for row in range(height):
        for column in range(width):
            smallest = None
            for i, (x1, y1, x2, y2) in enumerate(boxes.tolist()):
                value = 1.0
                for at, low, high, count in ((column, x1, x2, width), (row, y1, y2, height)):
                    middle = min(max(int(((low + high) / 2 + 0.5) / stride), 0), count - 1)
                    radius = int(0.54 * (high - low) / 2 / stride)
                    if abs(at - middle) > radius:
                        value = 0.0
                    std = (2 * radius + 1) / 6
                    value *= math.exp(-((at - middle) ** 2) / 2 / std**2)
                heat[row, column] = max(heat[row, column], value)
                if value and (smallest is None or area[i] < area[smallest[0]]):
                    smallest = (i, value)
            if smallest:
                i, value = smallest
                x, y = stride * (column + 0.5) - 0.5, stride * (row + 0.5) - 0.5
                x1, y1, x2, y2 = boxes[i].tolist()
                sides[:, row, column] = (x - x1, y - y1, x2 - x, y2 - y)
                answers[i][row, column] = value
    weights = np.zeros((height, width))
    for cells in answers.values():
        for place, value in cells.items():
            weights[place] = value / sum(cells.values())
    return heat, sides, weights


def test_maps_are_those_of_plain_loops():
    maps = encode_boxes(BOXES, NOBODY, SIZE, STRIDE)
    heat, sides, weights = naive_maps(BOXES, SIZE, STRIDE)
    np.testing.assert_allclose(maps.heat[0], heat, atol=1e-6)
    np.testing.assert_allclose(maps.side_weights[0], weights, atol=1e-6)
    np.testing.assert_allclose(maps.sides, sides, atol=1e-4)
    assert (maps.heat == 1).sum() == len(BOXES)
    assert maps.side_weights.sum() == pytest.approx(len(BOXES))
    assert (maps.heat_weights == 1).all()


def test_nobody_is_wanted_where_somebody_may_be():
    unsure = np.array([[40, 100, 130, 150]])
    maps = encode_boxes(BOXES[:1], unsure, SIZE, STRIDE)
    alone = encode_boxes(BOXES[:1], NOBODY, SIZE, STRIDE)
    np.testing.assert_array_equal(maps.heat, alone.heat)
    ignored = np.argwhere(maps.heat_weights[0] == 0)
    places = ignored * STRIDE + (STRIDE - 1) / 2
    assert len(ignored) and (maps.heat[0][tuple(ignored.T)] == 0).all()
    assert places.min(axis=0).tolist() == [101.5, 41.5]
    assert places.max(axis=0).tolist() == [149.5, 129.5]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=4))
def test_boxes_come_back(drawn):
    """Through maps and back: best first, the overlapping ones once."""
    boxes = []
    for x, y, w, h in drawn:
        box = np.array([190 * x, 150 * y, 190 * x + 12 + 80 * w, 150 * y + 12 + 120 * h])
        # What has its centre outside, or in another one's Gaussian, is hidden.
        centres = [(b[:2] + b[2:]) / 2 for b in (box, *boxes)]
        outside = (centres[0] > np.array(SIZE) * STRIDE - 1).any()
        if not outside and all(abs(centres[0] - c).max() > 44 for c in centres[1:]):
            boxes.append(box)
    maps = encode_boxes(np.array(boxes).reshape(-1, 4), NOBODY, SIZE, STRIDE)
    found, scores = decode_boxes(maps.heat[0], maps.sides, STRIDE, 0.99)
    assert (scores == 1).all()
    for box in boxes:
        assert min(abs(found - box).max(axis=1)) < 1e-3


def test_one_person_is_found_once():
    heat = np.zeros((10, 12), np.float32)
    sides = np.full((4, 10, 12), 20, np.float32)
    # A ridge, a double of it three cells on, somebody else, and a doubt.
    heat[4, 3], heat[4, 4], heat[4, 6], heat[8, 11], heat[0, 0] = 0.9, 0.8, 0.7, 0.6, 0.2
    boxes, scores = decode_boxes(heat, sides, STRIDE, 0.3)
    np.testing.assert_allclose(scores, [0.9, 0.7, 0.6])
    np.testing.assert_allclose(boxes[0], [-6.5, -2.5, 33.5, 37.5])
    # 12 of 40 pixels apart: IoU 28 / 52.
    _, scores = decode_boxes(heat, sides, STRIDE, 0.3, most_overlap=0.5)
    np.testing.assert_allclose(scores, [0.9, 0.6])
    _, scores = decode_boxes(heat, sides, STRIDE, 0.3, most_boxes=1)
    np.testing.assert_allclose(scores, [0.9])
    boxes, scores = decode_boxes(np.zeros_like(heat), sides, STRIDE)
    assert boxes.shape == (0, 4) and scores.shape == (0,)
