"""What is done to a person's box: each gives another region to crop."""

from typing import NamedTuple

import numpy as np


class Region(NamedTuple):
    """What a crop shows: centre and sides [2], pixels of the frame.

    ``degrees``: by how much the crop turns its content clockwise.
    """

    center: np.ndarray
    scale: np.ndarray
    degrees: float = 0.0


def shift(region: Region, rng: np.random.Generator, part: float) -> Region:
    """Shift by a part of the width and height, either way in each."""
    signs = rng.choice((-1, 1), 2).astype(np.float32)
    return region._replace(center=region.center + signs * part * region.scale)


def widen(region: Region, rng: np.random.Generator, factor: float) -> Region:
    """Multiply the box's sides."""
    return region._replace(scale=region.scale * factor)


def turn(region: Region, rng: np.random.Generator, degrees: float) -> Region:
    """Turn the crop, clockwise or the other way."""
    return region._replace(degrees=int(rng.choice((-1, 1))) * degrees)


def turn_back(points_px: np.ndarray, region: Region) -> np.ndarray:
    """Where points lie in the frame that MMPose took for an upright crop's.

    MMPose's estimators bring predictions ``[..., 2]``, pixels, back by a
    crop's centre and scale alone.

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
