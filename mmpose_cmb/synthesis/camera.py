"""The depth camera: intrinsics, projection and where it is put.

Camera frame: x right, y down, z forward, metres. World frame: the body
stands at the origin, z up, floor at z = 0; at yaw 0 it faces -y, towards the
camera. Pixels (u, v), integer = pixel centre.
"""
from typing import NamedTuple, Tuple

import numpy as np


class Intrinsics(NamedTuple):
    """A pinhole camera: image size and focal lengths, all in pixels."""
    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float


class CameraPose(NamedTuple):
    """World to camera: ``points_cam = (points - position) @ rotation.T``."""
    rotation: np.ndarray
    position: np.ndarray


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


def world_to_camera(points: np.ndarray, pose: CameraPose) -> np.ndarray:
    """World points (..., 3) in the camera frame, metres."""
    return (points - pose.position) @ pose.rotation.T


def look_along(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Rotation world -> camera of a camera that looks along +y at zero.

    Args:
        yaw (float): Turn to the right (towards +x), radians.
        pitch (float): Tilt down towards the floor, radians.
        roll (float): Turn about the optical axis, radians.
    """
    forward = np.array([
        np.sin(yaw) * np.cos(pitch),
        np.cos(yaw) * np.cos(pitch), -np.sin(pitch)
    ])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0.])
    down = np.cross(forward, right)
    cos, sin = np.cos(roll), np.sin(roll)
    return np.stack(
        [cos * right + sin * down, cos * down - sin * right, forward])


def sample_camera(
    rng: np.random.Generator,
    intrinsics: Intrinsics,
    low: np.ndarray,
    high: np.ndarray,
    heights_m: Tuple[Tuple[float, float], ...] = ((0.8, 1.5), (1.4, 2.6)),
    levelled_deg: float = 0.
) -> CameraPose:
    """Put the camera so that the person is seen, mostly whole.

    The person's height fills 40-100 % of the image (median 65 %); the camera
    stands 0.8-2.6 m high and is aimed so that the middle of the body falls
    near the middle of the image, which gives pitches of about -10 to 35
    degrees. The spread follows the labels of K2HPD (head-neck 7-12 px, pelvis
    near the centre) and of ITOP (2.6-3.3 m, level camera at 1.2 m).

    Args:
        rng (np.random.Generator): Source of randomness.
        intrinsics (Intrinsics): The camera.
        low (np.ndarray): (3,) lower corner of the body's box, world, metres.
        high (np.ndarray): (3,) upper corner.
        heights_m (tuple): Two ranges of the camera's height, equally likely.
            Defaults to a table or a stand, or higher and tilted down.
        levelled_deg (float): The camera is tilted less than the middle of
            the body asks for, by up to this. Defaults to 0.
    """
    # A crouching person is not looked at from nearer: use at least 1.3 m.
    extent_m = max(high[2] - low[2], 1.3)
    share = np.clip(rng.normal(0.65, 0.12), 0.4, 1.)
    distance = intrinsics.fy * extent_m / (share * intrinsics.height)
    distance = np.clip(distance, 1.3, 4.5) + (high[1] - low[1]) / 4
    height = rng.uniform(*heights_m[0 if rng.random() < 0.5 else 1])
    middle = (low + high) / 2
    position = np.array([middle[0], middle[1] - distance, height])

    offset_u = rng.normal(0, 0.09) * intrinsics.width
    offset_v = rng.normal(0, 0.06) * intrinsics.height
    yaw = -np.arctan(offset_u / intrinsics.fx)
    pitch = np.arctan2(height - middle[2], distance)
    if levelled_deg:
        less = np.radians(rng.uniform(0, levelled_deg))
        pitch -= np.clip(pitch, -less, less)
    pitch -= np.arctan(offset_v / intrinsics.fy)
    roll = np.radians(np.clip(rng.normal(0, 1.5), -5, 5))
    return CameraPose(look_along(yaw, pitch, roll), position)


def sample_top_camera(rng: np.random.Generator, low: np.ndarray,
                      high: np.ndarray) -> CameraPose:
    """Put a camera under the ceiling, looking straight down or nearly so.

    2.5-3.0 m high and at least 0.35 m over the person; the direction in which
    a person at yaw 0 faces is down in the image, as in ITOP's top view.

    Args:
        rng (np.random.Generator): Source of randomness.
        low (np.ndarray): (3,) lower corner of the body's box, world, metres.
        high (np.ndarray): (3,) upper corner.
    """
    height = max(rng.uniform(2.5, 3.0), high[2] + 0.35)
    middle = (low + high) / 2
    offset = np.clip(rng.normal((0, -0.12), 0.12), -0.4, 0.4)
    tilt, turn, roll = np.radians(
        np.clip(rng.normal(0, (3.5, 4, 2)), -12, 12))
    return CameraPose(look_along(turn, np.pi / 2 - tilt, roll),
                      np.array([*(middle[:2] + offset), height]))
