"""The pinhole camera: what is known of it, projection and its inverse.

Camera frame: x right, y down, z forward, metres. Pixels (u, v), integer =
pixel centre.
"""

from itertools import permutations
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


# What an image shows from edge to edge, degrees; focal lengths in parts of the
# image's width make it wider.
FOV_DEG = (10, 150)
LARGEST_PX = 100_000
# Metric cameras have square pixels; an image that was resized unevenly was
# between square and 16:9 before.
MAX_PIXEL_ASPECT = 1.25
NATIVE_ASPECT = (0.99, 1.8)
# Twice the principal point over the size is near 1 in an image that is whole,
# and near the factor where the camera is that of another resolution.
WHOLE, SAME_FACTOR = (0.9, 1.12), 1.15
# How far a camera is from square pixels and a principal point in the middle:
# whole images stay below the first, numbers in their right order below the
# second.
DOUBTFUL, CERTAIN = 0.15, 0.06


def check_intrinsics(intrinsics: Union[Camera, Sequence[float], np.ndarray]) -> Camera:
    """The camera of what a user, a file or a driver says.

    Args:
        intrinsics (Sequence[float] | Camera): fx, fy, cx, cy in pixels, or a
            camera, whose image size stays.

    Raises:
        ValueError: If these are not four numbers with positive focal lengths,
            or cannot be pixels.

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
    shown = ' '.join(str(numbers).split())
    if not (0 < fx <= MAX_PX and 0 < fy <= MAX_PX and max(abs(cx), abs(cy)) <= MAX_PX):
        raise ValueError(f'intrinsics: expected fx, fy, cx, cy in pixels, got {shown}')
    if max(fx, fy, abs(cx), abs(cy)) > LARGEST_PX:
        raise ValueError(
            f'intrinsics: expected fx, fy, cx, cy in pixels, and {shown} is beyond {LARGEST_PX}'
        )
    if max(fx, fy) < 4:
        raise ValueError(
            f'intrinsics: {shown} are no pixels. Are they parts of the width and height? Then '
            'multiply fx and cx by the width, fy and cy by the height'
        )
    return Camera(fx, fy, cx, cy, width, height)


def check_camera_of_image(camera: Camera, width: int, height: int) -> None:
    """Refuse a camera that cannot be that of images of a size.

    Such are one of another resolution, numbers in another order, and an image
    that lies on its side. A principal point off the middle passes, as that of
    a cut-out: see :func:`off_middle`.

    Args:
        camera (Camera): The camera.
        width (int): Of the image, pixels.
        height (int): Of the image, pixels.

    Raises:
        ValueError: With what the numbers may be instead.

    Example:
        >>> check_camera_of_image(Camera(525, 525, 319.5, 239.5), 640, 480)
    """
    why = _why_not_of_image(camera, width, height)
    if why is not None:
        numbers = ', '.join(f'{number:g}' for number in camera[:4])
        raise ValueError(
            f'fx, fy, cx, cy = {numbers} cannot be the camera of an image of '
            f'{width}x{height} pixels: {why}'
        )


def mirrored(camera: Camera, width: int) -> Camera:
    """The camera of the images that are its own in a mirror, ``width`` wide."""
    return camera._replace(cx=width - 1 - camera.cx)


def off_middle(camera: Camera, width: int, height: int) -> float:
    """How far the principal point is from the middle, in parts of the size."""
    return max(
        abs(camera.cx - (width - 1) / 2) / width, abs(camera.cy - (height - 1) / 2) / height
    )


def _why_not_of_image(camera: Camera, width: int, height: int) -> Optional[str]:
    if camera.width is not None and (camera.width, camera.height) != (width, height):
        return f'it is that of {camera.width}x{camera.height} pixels'
    misfit = _misfit(camera, width, height)
    if misfit > DOUBTFUL:
        if _misfit(camera, height, width) < CERTAIN:
            return (
                f'it is one of {height}x{width}. Does the image lie on its side (then turn it), '
                'or are cx and cy exchanged?'
            )
        for fx, fy, cx, cy in permutations(camera[:4]):
            if _is_surely_of_image(Camera(fx, fy, cx, cy), width, height):
                numbers = ', '.join(f'{number:g}' for number in (fx, fy, cx, cy))
                return f'are the numbers in another order, and {numbers} is meant?'
    return _shape_problem(camera, width, height)


def _misfit(camera: Camera, width: int, height: int) -> float:
    """0 for square pixels and a principal point in the middle."""
    return float(
        abs(np.log(camera.fx / camera.fy))
        + abs(camera.cx - (width - 1) / 2) / width
        + abs(camera.cy - (height - 1) / 2) / height
    )


def _is_surely_of_image(camera: Camera, width: int, height: int) -> bool:
    return (
        min(camera[:4]) > 0
        and _misfit(camera, width, height) < CERTAIN
        and _shape_problem(camera, width, height) is None
    )


def _shape_problem(camera: Camera, width: int, height: int) -> Optional[str]:
    factors = (2 * camera.cx + 1) / width, (2 * camera.cy + 1) / height
    both_off = min(factors) > WHOLE[1] or 0 < min(factors) <= max(factors) < WHOLE[0]
    if both_off and max(factors) / min(factors) < SAME_FACTOR:
        size = f'{factors[0] * width:.0f}x{factors[1] * height:.0f}'
        return (
            f"it is that of images of about {size}; give this resolution's, all four "
            'numbers times the ratio of the sizes'
        )
    for axis, focal, side in (('x', camera.fx, width), ('y', camera.fy, height)):
        fov_deg = float(np.degrees(2 * np.arctan(side / 2 / focal)))
        if not FOV_DEG[0] <= fov_deg <= FOV_DEG[1]:
            return (
                f'f{axis} would make the image {fov_deg:.0f} degrees wide, and {FOV_DEG[0]} to '
                f'{FOV_DEG[1]} are possible'
            )
    if not (-0.5 <= camera.cx < width and -0.5 <= camera.cy < height):
        return (
            'cx, cy lie outside it. Are they of another resolution, or of the whole image that '
            'this one was cut out of?'
        )
    ratio = camera.fx / camera.fy
    native = width / height / ratio if width >= height else height / width * ratio
    if max(ratio, 1 / ratio) > MAX_PIXEL_ASPECT and not (
        NATIVE_ASPECT[0] <= native <= NATIVE_ASPECT[1]
    ):
        return 'fx and fy differ by more than any resizing explains'
    return None


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
    if not FOV_DEG[0] < horizontal_fov_deg < FOV_DEG[1]:
        raise ValueError(
            f'the horizontal field of view must lie between {FOV_DEG[0]} '
            f'and {FOV_DEG[1]} degrees, got {horizontal_fov_deg}'
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
