"""What disturbs a frame: each takes depth, the person's box and randomness.

Depth is in metres, float32 [H, W], 0 = invalid; a new frame is returned. A
change is told from another by its ``repr``: all its figures are fields.
"""
from typing import NamedTuple, Tuple

import numpy as np

from mmpose_cmb.datasets.sensor_effects import add_axial_noise, cut_blobs
from mmpose_cmb.depth.person_depth import estimate_person_depth

from .occluder import Rectangle, draw_rectangle, occlude


class AxialNoise(NamedTuple):
    """Noise along the line of sight, of standard deviation
    ``std_m + std_per_m * z**2``, everywhere.
    """
    std_m: float
    std_per_m: float

    def __call__(self, depth_m: np.ndarray, bbox: np.ndarray,
                 rng: np.random.Generator) -> np.ndarray:
        noise = rng.standard_normal(depth_m.shape, np.float32)
        return add_axial_noise(depth_m, noise, self.std_m, self.std_per_m)


class Holes(NamedTuple):
    """Elliptical holes in the person's box.

    Attributes:
        number: How many.
        half_axis: Smallest and largest half axis, as a part of the box.
    """
    number: int
    half_axis: Tuple[float, float]

    def __call__(self, depth_m: np.ndarray, bbox: np.ndarray,
                 rng: np.random.Generator) -> np.ndarray:
        left, top, right, bottom = box_in_frame(bbox, depth_m.shape)
        blobs = np.hstack([
            rng.random((self.number, 2)),
            rng.uniform(*self.half_axis, (self.number, 2)),
            rng.uniform(0, 180, (self.number, 1))
        ])
        holed = depth_m.copy()
        holed[top:bottom, left:right] = cut_blobs(
            depth_m[top:bottom, left:right], blobs)
        return holed


class Occluder(NamedTuple):
    """A board before a part of the person's box.

    Attributes:
        share: Part of the box that it covers.
        nearer_m: How far before the person's median depth, smallest and
            largest, metres.
    """
    share: float
    nearer_m: Tuple[float, float]

    def __call__(self, depth_m: np.ndarray, bbox: np.ndarray,
                 rng: np.random.Generator) -> np.ndarray:
        box = left, top, right, bottom = box_in_frame(bbox, depth_m.shape)
        person_m = estimate_person_depth(depth_m[top:bottom, left:right])
        rectangle = draw_rectangle(rng, box, self.share)
        surface_m = person_m - rng.uniform(*self.nearer_m)
        # Not a number where the box has no valid pixel.
        if not surface_m > 0:
            return depth_m
        return occlude(depth_m, rectangle, surface_m)


def box_in_frame(bbox: np.ndarray, shape: Tuple[int, int]) -> Rectangle:
    """Whole pixels of a box that lie in the frame.

    Args:
        bbox (np.ndarray): x1, y1, x2, y2, pixels.
        shape (Tuple[int, int]): Height and width of the frame.

    Returns:
        tuple: Left, top, right, bottom; right and bottom are beyond it. One
        pixel at least.
    """
    height, width = shape
    left, top = np.clip(np.floor(bbox[:2]), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(bbox[2:]), (left + 1, top + 1),
                            (width, height))
    return int(left), int(top), int(right), int(bottom)
