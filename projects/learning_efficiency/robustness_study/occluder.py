"""Something that stands before a person."""
from typing import Tuple

import numpy as np

# Left, top, right and bottom, whole pixels; right and bottom are beyond it.
Rectangle = Tuple[int, int, int, int]
# The width of what covers a part of a box, as a part of the box's width.
WIDTH_PART = (0.4, 0.65)


def occlude(depth_m: np.ndarray, rectangle: Rectangle,
            surface_m: float) -> np.ndarray:
    """Put a flat board into a depth frame.

    What is nearer than the board stays in view; a hole behind it is filled.

    Args:
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
        rectangle (tuple): Which pixels the board covers, inside the frame.
        surface_m (float): The board's distance, metres.

    Returns:
        np.ndarray: Metres, float32 [H, W].

    Example:
        >>> occlude(np.array([[2., 2.], [0., 0.5]]), (0, 0, 2, 2), 1.)
        array([[1. , 1. ],
               [1. , 0.5]], dtype=float32)
    """
    left, top, right, bottom = rectangle
    occluded = np.array(depth_m, np.float32)
    part = occluded[top:bottom, left:right]
    part[(part <= 0) | (part > surface_m)] = surface_m
    return occluded


def draw_rectangle(rng: np.random.Generator, box: Rectangle,
                   share: float) -> Rectangle:
    """Draw a rectangle that covers a share of a box.

    Its place is anywhere in the box, and its shape varies.

    Args:
        rng (np.random.Generator): Source of randomness.
        box (tuple): The box.
        share (float): Part of the box's area, rounded to whole pixels; at
            most 0.4.
    """
    left, top, right, bottom = box
    width_part = rng.uniform(*WIDTH_PART)
    width = round((right - left) * width_part)
    height = round((bottom - top) * share / width_part)
    x = left + rng.integers(right - left - width + 1)
    y = top + rng.integers(bottom - top - height + 1)
    return int(x), int(y), int(x + width), int(y + height)
