"""The depth camera and where it is put.

Camera frame: x right, y down, z forward, metres. World frame: the body
stands at the origin, z up, floor at z = 0; at yaw 0 it faces -y, towards the
camera.
"""

from typing import NamedTuple, Tuple

import numpy as np

from ..camera import Camera


class CameraPose(NamedTuple):
    """World to camera: ``points_cam = (points - position) @ rotation.T``."""

    rotation: np.ndarray
    position: np.ndarray


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
    forward = np.array([np.sin(yaw) * np.cos(pitch), np.cos(yaw) * np.cos(pitch), -np.sin(pitch)])
    right = np.array([np.cos(yaw), -np.sin(yaw), 0.0])
    down = np.cross(forward, right)
    cos, sin = np.cos(roll), np.sin(roll)
    return np.stack([cos * right + sin * down, cos * down - sin * right, forward])


def sample_camera(
    rng: np.random.Generator,
    intrinsics: Camera,
    low: np.ndarray,
    high: np.ndarray,
    heights_m: Tuple[Tuple[float, float], ...] = ((0.8, 1.5), (1.4, 2.6)),
    levelled_deg: float = 0.0,
) -> CameraPose:
    """Put the camera so that the person is seen, mostly whole.

    The person's height fills 40-100 % of the image (median 65 %); the camera
    stands 0.8-2.6 m high and is aimed so that the middle of the body falls
    near the middle of the image, which gives pitches of about -10 to 35
    degrees. The spread follows the labels of K2HPD (head-neck 7-12 px, pelvis
    near the centre) and of ITOP (2.6-3.3 m, level camera at 1.2 m).

    Args:
        rng (np.random.Generator): Source of randomness.
        intrinsics (Camera): The camera.
        low (np.ndarray): (3,) lower corner of the body's box, world, metres.
        high (np.ndarray): (3,) upper corner.
        heights_m (tuple): Two ranges of the camera's height, equally likely.
            Defaults to a table or a stand, or higher and tilted down.
        levelled_deg (float): The camera is tilted less than the middle of
            the body asks for, by up to this. Defaults to 0.
    """
    # A crouching person is not looked at from nearer: use at least 1.3 m.
    extent_m = max(high[2] - low[2], 1.3)
    share = np.clip(rng.normal(0.65, 0.12), 0.4, 1.0)
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


def sample_top_camera(rng: np.random.Generator, low: np.ndarray, high: np.ndarray) -> CameraPose:
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
    tilt, turn, roll = np.radians(np.clip(rng.normal(0, (3.5, 4, 2)), -12, 12))
    return CameraPose(
        look_along(turn, np.pi / 2 - tilt, roll), np.array([*(middle[:2] + offset), height])
    )
