"""What a depth camera sees of somebody (or a hand) in front of something."""

from typing import List, NamedTuple

import numpy as np

from ..camera import Camera
from . import sensor as sensor_models
from .camera import CameraPose, world_to_camera
from .render import Rendering, render_depth
from .shapes import Mesh, merge
from .stereo_sensor import active_stereo

SENSOR_CHOICES = (*sensor_models.SENSORS, 'active_stereo', 'mixed')
# A joint lies inside the body (up to some 15 cm in the trunk): it counts as
# seen while the first surface at its pixel is at most this far before it.
VISIBLE_WITHIN_M = 0.25


class View(NamedTuple):
    """A scene seen by an ideal camera.

    Attributes:
        rendering: Depth, triangles and slants.
        body_mask: (H, W) bool, pixels of the first mesh.
        hair_mask: (H, W) bool, pixels of its hair.
    """

    rendering: Rendering
    body_mask: np.ndarray
    hair_mask: np.ndarray


def render_view(
    meshes: List[Mesh], hairy: np.ndarray, camera: CameraPose, intrinsics: Camera, device: str
) -> View:
    """Render meshes, the first of which is the person.

    Args:
        meshes (list): Person first, then the surroundings; world frame.
        hairy (np.ndarray): (F,) bool, triangles that absorb light: of the
            person (the first F of the scene).
        camera (CameraPose): Where the camera is.
        intrinsics (Camera): The camera.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    vertices, faces = merge(meshes)
    rendering = render_depth(world_to_camera(vertices, camera), faces, intrinsics, device)
    on_body = (rendering.face >= 0) & (rendering.face < len(meshes[0][1]))
    hair_mask = on_body & hairy[np.where(on_body, rendering.face, 0)]
    return View(rendering, on_body, hair_mask)


def choose_sensor(rng: np.random.Generator, sensor: str) -> str:
    """The sensor itself, or one of the two Kinects' where it is 'mixed'.

    The draw is made in any case: the sensors of a sample share what follows.
    """
    drawn = sensor_models.SENSORS[rng.integers(len(sensor_models.SENSORS))]
    return drawn if sensor == 'mixed' else sensor


def measure(rng: np.random.Generator, view: View, sensor: str, intrinsics: Camera) -> np.ndarray:
    """Depth (H, W) in metres that a sensor makes of a view, 0 = invalid."""
    if sensor == 'structured_light':
        return sensor_models.structured_light(rng, view.rendering, view.hair_mask, intrinsics.fx)
    if sensor == 'active_stereo':
        return active_stereo(rng, view.rendering, view.hair_mask, intrinsics.fx)
    return sensor_models.time_of_flight(rng, view.rendering, view.hair_mask)


def joints_visible(
    uv: np.ndarray,
    joint_depth_m: np.ndarray,
    surface_depth_m: np.ndarray,
    within_m: float = VISIBLE_WITHIN_M,
) -> np.ndarray:
    """Whether joints are inside the image and not hidden.

    Args:
        uv (np.ndarray): (K, 2), pixels.
        joint_depth_m (np.ndarray): (K,), metres.
        surface_depth_m (np.ndarray): (H, W), first surface, 0 = none.
        within_m (float): How deep joints lie inside, at most. Defaults to
            ``VISIBLE_WITHIN_M``, for bodies.

    Returns:
        np.ndarray: (K,) bool: the surface at the joint's pixel lies at most
        ``within_m`` in front of the joint.
    """
    height, width = surface_depth_m.shape
    u, v = np.rint(uv).astype(int).T
    inside = joints_inside(uv, width, height)
    surface = surface_depth_m[v.clip(0, height - 1), u.clip(0, width - 1)]
    return inside & ((surface == 0) | (surface > joint_depth_m - within_m))


def joints_inside(uv: np.ndarray, width: int, height: int) -> np.ndarray:
    """(K,) bool: joints whose pixel lies inside the image."""
    u, v = np.rint(uv).T
    return (u >= 0) & (u < width) & (v >= 0) & (v < height)
