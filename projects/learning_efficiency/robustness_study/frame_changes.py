"""What disturbs a frame: each takes depth, the person's box and randomness.

Depth is in metres, float32 [H, W], 0 = invalid; a new frame is returned. The
box is x1, y1, x2, y2 in pixels.
"""

from typing import Tuple

import numpy as np

from mmpose_cmb.datasets.sensor_effects import add_axial_noise, cut_blobs
from mmpose_cmb.depth.person_depth import estimate_person_depth

# Left, top, right and bottom, whole pixels; right and bottom are beyond it.
Rectangle = Tuple[int, int, int, int]
# The width of what covers a part of a box, as a part of the box's width.
WIDTH_PART = (0.4, 0.65)


def noise(
    depth_m: np.ndarray, bbox: np.ndarray, rng: np.random.Generator, std_m: float, std_per_m: float
) -> np.ndarray:
    """Add noise along the line of sight, everywhere.

    Its standard deviation is ``std_m + std_per_m * z**2``.
    """
    drawn = rng.standard_normal(depth_m.shape, np.float32)
    return add_axial_noise(depth_m, drawn, std_m, std_per_m)


def holes(
    depth_m: np.ndarray,
    bbox: np.ndarray,
    rng: np.random.Generator,
    number: int,
    half_axis: Tuple[float, float],
) -> np.ndarray:
    """Cut elliptical holes into the person's box.

    ``half_axis`` is the smallest and largest half axis, as a part of the box.
    """
    left, top, right, bottom = box_in_frame(bbox, depth_m.shape)
    blobs = np.hstack(
        [
            rng.random((number, 2)),
            rng.uniform(*half_axis, (number, 2)),
            rng.uniform(0, 180, (number, 1)),
        ]
    )
    holed = depth_m.copy()
    holed[top:bottom, left:right] = cut_blobs(depth_m[top:bottom, left:right], blobs)
    return holed


def occluder(
    depth_m: np.ndarray,
    bbox: np.ndarray,
    rng: np.random.Generator,
    share: float,
    nearer_m: Tuple[float, float],
) -> np.ndarray:
    """Put a flat board before a part of the person's box.

    What is nearer than the board stays in view; a hole behind it is filled.
    ``share`` is the part of the box that it covers, ``nearer_m`` how far it
    stands before the person's median depth, smallest and largest, metres.
    """
    box = left, top, right, bottom = box_in_frame(bbox, depth_m.shape)
    person_m = estimate_person_depth(depth_m[top:bottom, left:right])
    left, top, right, bottom = draw_rectangle(rng, box, share)
    surface_m = person_m - rng.uniform(*nearer_m)
    occluded = np.array(depth_m, np.float32)
    # Not a number where the box has no valid pixel.
    if surface_m > 0:
        part = occluded[top:bottom, left:right]
        part[(part <= 0) | (part > surface_m)] = surface_m
    return occluded


def draw_rectangle(rng: np.random.Generator, box: Rectangle, share: float) -> Rectangle:
    """Draw a rectangle that covers a share of a box, at most 0.4.

    Its place is anywhere in the box, and its shape varies.
    """
    left, top, right, bottom = box
    width_part = rng.uniform(*WIDTH_PART)
    width = round((right - left) * width_part)
    height = round((bottom - top) * share / width_part)
    x = left + rng.integers(right - left - width + 1)
    y = top + rng.integers(bottom - top - height + 1)
    return int(x), int(y), int(x + width), int(y + height)


def box_in_frame(bbox: np.ndarray, shape: Tuple[int, int]) -> Rectangle:
    """Whole pixels of a box that lie in the frame [H, W], one at least."""
    height, width = shape
    left, top = np.clip(np.floor(bbox[:2]), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(bbox[2:]), (left + 1, top + 1), (width, height))
    return int(left), int(top), int(right), int(bottom)
