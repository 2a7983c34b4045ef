"""What is done to a person's box: each gives another region to crop.

A change is told from another by its ``repr``: all its figures are fields.
"""
from typing import NamedTuple

import numpy as np


class Region(NamedTuple):
    """What a crop shows, as MMPose has it.

    Attributes:
        center: x, y, pixels of the frame, float32 [2].
        scale: Width and height, pixels, float32 [2].
        degrees: By how much the crop turns its content clockwise.
    """
    center: np.ndarray
    scale: np.ndarray
    degrees: float = 0.


class Shift(NamedTuple):
    """Shift by a part of the box's width and height, left or right, up or
    down.
    """
    part: float

    def __call__(self, region: Region, rng: np.random.Generator) -> Region:
        signs = rng.choice((-1, 1), 2).astype(np.float32)
        return region._replace(
            center=region.center + signs * self.part * region.scale)


class Widen(NamedTuple):
    """Multiply the box's sides."""
    factor: float

    def __call__(self, region: Region, rng: np.random.Generator) -> Region:
        return region._replace(scale=region.scale * self.factor)


class Turn(NamedTuple):
    """Turn the crop, clockwise or the other way."""
    degrees: float

    def __call__(self, region: Region, rng: np.random.Generator) -> Region:
        sign = int(rng.choice((-1, 1)))
        return region._replace(degrees=sign * self.degrees)


def turn_back(points_px: np.ndarray, region: Region) -> np.ndarray:
    """Where points lie in the frame that MMPose took for an upright crop's.

    MMPose's estimators bring predictions back by a crop's centre and scale
    alone.

    Args:
        points_px (np.ndarray): ``[..., 2]``, pixels of the frame if the crop
            were upright.
        region (Region): The crop's.

    Returns:
        np.ndarray: ``[..., 2]``, pixels of the frame.

    Example:
        >>> region = Region(np.array([10., 10.]), np.array([8., 8.]), 90.)
        >>> turn_back(np.array([10., 12.]), region).round(6).tolist()
        [12.0, 10.0]
    """
    angle = np.deg2rad(region.degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    # The inverse of the crop's rotation, transposed for rows of points.
    inverse = np.array([[cos, -sin], [sin, cos]])
    return (points_px - region.center) @ inverse + region.center
