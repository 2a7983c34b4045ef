"""The pinhole camera: what is known of it, projection and its inverse.

Camera frame: x right, y down, z forward, metres. Pixels (u, v), integer =
pixel centre.
"""

from typing import Any, NamedTuple, Optional, Sequence, Union

import numpy as np


class Camera(NamedTuple):
    """A pinhole camera; ``camera[:4]`` is what other programs know.

    Attributes:
        fx (float): Focal length along x, pixels.
        fy (float): Focal length along y, pixels.
        cx (float): The principal point's u, pixels.
        cy (float): The principal point's v, pixels.
        width (int, optional): Of its images, pixels. Defaults to None: not
            known.
        height (int, optional): Of its images, pixels. Defaults to None.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: Optional[int] = None
    height: Optional[int] = None


# Beyond any camera: a telescope's focal length, or a damaged number.
MAX_PX = 1e6
# Half the resolution of Kinect v2's 512x424 depth image, f = 366 px there.
KINECT_V2_HALF = Camera(183.0, 183.0, 127.5, 105.5, 256, 212)
# The camera that ITOP's labels imply: u = 160 + X / (0.0035 Z).
ITOP_CAMERA = Camera(1 / 0.0035, 1 / 0.0035, 160.0, 120.0, 320, 240)

# Usual for the 320x240 depth of SoftKinetic's DS325; ASTAR's own calibration
# is not published.
SOFTKINETIC_DS325 = Camera(224.5, 230.5, 160.0, 120.0, 320, 240)


def check_intrinsics(intrinsics: Union[Camera, Sequence[float], np.ndarray]) -> Camera:
    """The camera of what a user, a file or a driver says.

    Args:
        intrinsics (Sequence[float] | Camera): fx, fy, cx, cy in pixels, or a
            camera, whose image size stays.

    Raises:
        ValueError: If these are not four numbers with positive focal lengths.

    Example:
        >>> check_intrinsics(['286', 286, 160, 120]).fx
        286.0
    """
    numbers: Any = intrinsics
    width = height = None
    if isinstance(intrinsics, Camera):
        *numbers, width, height = intrinsics
    try:
        fx, fy, cx, cy = (float(v) for v in np.ravel(numbers))
    except (TypeError, ValueError):
        fx = fy = cx = cy = float('nan')
    # Written so that NaN fails the test too.
    if not (0 < fx <= MAX_PX and 0 < fy <= MAX_PX and max(abs(cx), abs(cy)) <= MAX_PX):
        raise ValueError(f'intrinsics: expected fx, fy, cx, cy in pixels, got {numbers}')
    return Camera(fx, fy, cx, cy, width, height)


def camera_from_fov(width: int, height: int, horizontal_fov_deg: float) -> Camera:
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
        raise ValueError(
            f'an image of {width}x{height} pixels is too small for a depth frame (at least 16x16)'
        )
    if not 10 < horizontal_fov_deg < 150:
        raise ValueError(
            'the horizontal field of view must lie between 10 '
            f'and 150 degrees, got {horizontal_fov_deg}'
        )
    focal = float(width / 2 / np.tan(np.radians(horizontal_fov_deg) / 2))
    return Camera(focal, focal, (width - 1) / 2, (height - 1) / 2, width, height)


def project(points_cam: np.ndarray, camera: Camera) -> np.ndarray:
    """Pixels of points in the camera frame.

    Args:
        points_cam (np.ndarray): (..., 3), metres, z > 0.
        camera (Camera): Its image size plays no part.

    Returns:
        np.ndarray: (..., 2), (u, v) in pixels, not clipped to the image.
    """
    z = points_cam[..., 2]
    return np.stack([
        camera.cx + camera.fx * points_cam[..., 0] / z,
        camera.cy + camera.fy * points_cam[..., 1] / z
    ], axis=-1)  # yapf: disable


def unproject(uv: np.ndarray, depth_m: np.ndarray, camera: Camera) -> np.ndarray:
    """Camera-frame points of pixels with known z-depth; inverts ``project``.

    Args:
        uv (np.ndarray): (..., 2), pixels.
        depth_m (np.ndarray): (...), distance along the optical axis, metres.
        camera (Camera): Its image size plays no part.

    Returns:
        np.ndarray: (..., 3), metres.
    """
    return np.stack([
        (uv[..., 0] - camera.cx) / camera.fx * depth_m,
        (uv[..., 1] - camera.cy) / camera.fy * depth_m, depth_m
    ], axis=-1)  # yapf: disable
