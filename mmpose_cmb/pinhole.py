"""The pinhole camera: intrinsics, projection and its inverse.

Camera frame: x right, y down, z forward, metres. Pixels (u, v), integer =
pixel centre.
"""
from typing import NamedTuple

import numpy as np


class Intrinsics(NamedTuple):
    """A pinhole camera: image size and focal lengths, all in pixels."""
    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float


# Half the resolution of Kinect v2's 512x424 depth image, f = 366 px there.
KINECT_V2_HALF = Intrinsics(256, 212, 183., 183., 127.5, 105.5)
# The camera that ITOP's labels imply: u = 160 + X / (0.0035 Z).
ITOP_CAMERA = Intrinsics(320, 240, 1 / 0.0035, 1 / 0.0035, 160., 120.)

# Usual for the 320x240 depth of SoftKinetic's DS325; ASTAR's own calibration
# is not published.
SOFTKINETIC_DS325 = Intrinsics(320, 240, 224.5, 230.5, 160., 120.)


def intrinsics_from_fov(width: int, height: int,
                        horizontal_fov_deg: float) -> Intrinsics:
    """A centred pinhole camera with square pixels.

    Args:
        width (int): Image width, pixels.
        height (int): Image height, pixels.
        horizontal_fov_deg (float): Angle between the left and the right edge
            of the image, degrees.

    Raises:
        ValueError: If a size is below 16 pixels or the angle is outside
            (10, 150).
    """
    if width < 16 or height < 16:
        raise ValueError(f'an image of {width}x{height} pixels is too small '
                         'for a depth frame (at least 16x16)')
    if not 10 < horizontal_fov_deg < 150:
        raise ValueError('the horizontal field of view must lie between 10 '
                         f'and 150 degrees, got {horizontal_fov_deg}')
    focal = width / 2 / np.tan(np.radians(horizontal_fov_deg) / 2)
    return Intrinsics(width, height, float(focal), float(focal),
                      (width - 1) / 2, (height - 1) / 2)


def project(points_cam: np.ndarray, intrinsics: Intrinsics) -> np.ndarray:
    """Pixels of points in the camera frame.

    Args:
        points_cam (np.ndarray): (..., 3), metres, z > 0.
        intrinsics (Intrinsics): The camera.

    Returns:
        np.ndarray: (..., 2), (u, v) in pixels, not clipped to the image.
    """
    z = points_cam[..., 2]
    return np.stack([
        intrinsics.cx + intrinsics.fx * points_cam[..., 0] / z,
        intrinsics.cy + intrinsics.fy * points_cam[..., 1] / z
    ], axis=-1)  # yapf: disable


def unproject(uv: np.ndarray, depth_m: np.ndarray,
              intrinsics: Intrinsics) -> np.ndarray:
    """Camera-frame points of pixels with known z-depth; inverts ``project``.

    Args:
        uv (np.ndarray): (..., 2), pixels.
        depth_m (np.ndarray): (...), distance along the optical axis, metres.
        intrinsics (Intrinsics): The camera.

    Returns:
        np.ndarray: (..., 3), metres.
    """
    return np.stack([
        (uv[..., 0] - intrinsics.cx) / intrinsics.fx * depth_m,
        (uv[..., 1] - intrinsics.cy) / intrinsics.fy * depth_m, depth_m
    ], axis=-1)  # yapf: disable
