"""Labels that cannot be those of an image; 80 x 60 pixels here."""

import re

import numpy as np
import pytest

from mmpose_cmb.formats.person_record import boxes_are_corners, why_no_person

NAMES = ('head', 'left_hand', 'right_hand')
JOINTS = np.array([[40.0, 10.0], [30.0, 30.0], [50.0, 30.0]])
BOX = np.array([25.0, 5.0, 55.0, 35.0])


def why(joints=JOINTS, labelled=(1, 1, 1), box=BOX):
    return why_no_person(joints, np.array(labelled, bool), box, 80, 60, NAMES)


def test_a_person():
    assert why() is None and why(box=None) is None
    assert why(labelled=(0, 0, 0)) is None
    # Cut off by the image, as people are.
    assert why(JOINTS + (45, 0), box=BOX + (45, 0, 45, 0)) is None


@pytest.mark.parametrize(
    'joints, message',
    [
        (JOINTS + (60, 50), 'all of its joints lie outside the image of 80x60'),
        (JOINTS / 80, 'between 0 and 1'),
        (JOINTS * (1e30, 1), 'all of its joints lie outside'),
        ([[40, 10], [30, 30], [1e30, 30]], 'right_hand lies at 1e\\+30, 30, far outside'),
        ([[40, 10], [30, 30], [50, -3000]], 'right_hand lies at 50, -3000, far outside'),
        ([[40, 10], [0, 0], [50, 30]], 'left_hand lies at 0, 0: a joint that was not found'),
        ([[-1, -1], [30, 30], [50, 30]], 'head lies at -1, -1'),
        ([[40, 10], [30, np.nan], [50, 30]], 'left_hand is not finite'),
    ],
)
def test_joints_of_another_image(joints, message):
    joints = np.asarray(joints, np.float64)
    assert re.search(message, why(joints, box=None))
    # What is not labelled may hold anything.
    assert why(np.where([[1], [0], [0]], JOINTS, joints), (1, 0, 0)) is None


@pytest.mark.parametrize(
    'box, message',
    [
        ([40, 30, 40, 30], 'no positive width and height'),
        ([55, 35, 25, 5], 'no positive width and height'),
        ([25, 5, np.inf, 35], 'no positive width and height'),
        ([100, 5, 140, 35], 'lies outside the image'),
        ([-50, -50, -5, -5], 'lies outside the image'),
        ([-200, 0, 400, 60], 'far larger than the image'),
        ([0.2, 0.1, 0.6, 0.7], 'within a pixel'),
        ([60, 40, 75, 55], 'holds none of its joints'),
    ],
)
def test_boxes_of_another_image(box, message):
    assert message in why(box=np.array(box, np.float64))


def test_corners_in_place_of_sides():
    """Random people: their boxes are told from the corners of these."""
    rng = np.random.default_rng(0)
    low = rng.uniform(20, 150, (200, 2))
    side = rng.uniform(40, 120, (200, 2))
    joints = [rng.uniform(a + 5, a + s - 5, (15, 2)) for a, s in zip(low, side)]
    sizes = np.column_stack([low, side])
    corners = np.column_stack([low, low + side])
    assert not boxes_are_corners(sizes, joints).any()
    assert boxes_are_corners(corners, joints).mean() > 0.95
