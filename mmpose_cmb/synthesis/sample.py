"""One synthetic frame: sample ``index`` of ``seed``, always the same bytes."""
from typing import NamedTuple

import numpy as np

from . import sensor as sensor_models
from .body import load_body_model, sample_phenotype
from .camera import Intrinsics, project, sample_camera, world_to_camera
from .clothing import dress
from .joints import k2hpd_joints
from .pose import sample_pose
from .render import Rendering, render_depth
from .room import sample_room, seat
from .shapes import merge
from .skeleton import arms_are_free, bone_rotations

SENSOR_CHOICES = sensor_models.SENSORS + ('mixed', )
# A joint lies inside the body (up to some 15 cm in the trunk): it counts as
# seen while the first surface at its pixel is at most this far before it.
VISIBLE_WITHIN_M = 0.25


class Scene(NamedTuple):
    """A person in a room before a camera, without a sensor's faults.

    Attributes:
        rendering: What an ideal camera sees.
        body_mask: (H, W) bool, pixels of the person.
        hair_mask: (H, W) bool, pixels of the person's hair.
        joints_cam_m: (19, 3), K2HPD's joints, camera frame, metres.
    """
    rendering: Rendering
    body_mask: np.ndarray
    hair_mask: np.ndarray
    joints_cam_m: np.ndarray


class Sample(NamedTuple):
    """A depth frame with its labels.

    Attributes:
        depth_m: (H, W) float32, metres, 0 = invalid.
        body_mask: (H, W) bool, pixels of the person.
        keypoints_uv: (19, 2) float64, pixels, may lie outside the image.
        keypoints_cam_m: (19, 3) float64, camera frame, metres.
        visible: (19,) bool, inside the image and not hidden.
        sensor: 'structured_light' or 'time_of_flight'.
    """
    depth_m: np.ndarray
    body_mask: np.ndarray
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray
    sensor: str


def make_sample(seed: int,
                index: int,
                intrinsics: Intrinsics,
                sensor: str = 'mixed',
                device: str = 'cpu') -> Sample:
    """Make sample ``index`` of ``seed``.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the sample, >= 0.
        intrinsics (Intrinsics): The camera.
        sensor (str): 'structured_light', 'time_of_flight' or 'mixed' (drawn
            per sample). Defaults to 'mixed'.
        device (str): Where rays are cast, see :func:`render_depth`.

    Raises:
        ValueError: If the seed or index is negative or the sensor unknown.
    """
    if seed < 0 or index < 0:
        raise ValueError(f'seed and index must not be negative, got seed '
                         f'{seed}, index {index}')
    if sensor not in SENSOR_CHOICES:
        raise ValueError(f'unknown sensor {sensor!r}, choose one of '
                         f'{SENSOR_CHOICES}')
    scene = _make_scene(seed, index, intrinsics, device)
    rng = _stream(seed, index, 'sensor')
    drawn = sensor_models.SENSORS[rng.integers(len(sensor_models.SENSORS))]
    sensor = drawn if sensor == 'mixed' else sensor
    if sensor == 'structured_light':
        depth_m = sensor_models.structured_light(rng, scene.rendering,
                                                 scene.hair_mask,
                                                 intrinsics.fx)
    else:
        depth_m = sensor_models.time_of_flight(rng, scene.rendering,
                                               scene.hair_mask)
    uv = project(scene.joints_cam_m, intrinsics)
    visible = joints_visible(uv, scene.joints_cam_m[:, 2],
                             scene.rendering.depth_m)
    return Sample(depth_m, scene.body_mask, uv, scene.joints_cam_m, visible,
                  sensor)


def joints_visible(uv: np.ndarray, joint_depth_m: np.ndarray,
                   surface_depth_m: np.ndarray) -> np.ndarray:
    """Whether joints are inside the image and not hidden.

    Args:
        uv (np.ndarray): (K, 2), pixels.
        joint_depth_m (np.ndarray): (K,), metres.
        surface_depth_m (np.ndarray): (H, W), first surface, 0 = none.

    Returns:
        np.ndarray: (K,) bool: the surface at the joint's pixel lies at most
        ``VISIBLE_WITHIN_M`` in front of the joint.
    """
    height, width = surface_depth_m.shape
    u, v = np.rint(uv).astype(int).T
    inside = (u >= 0) & (u < width) & (v >= 0) & (v < height)
    surface = surface_depth_m[v.clip(0, height - 1), u.clip(0, width - 1)]
    return inside & ((surface == 0) |
                     (surface > joint_depth_m - VISIBLE_WITHIN_M))


def _make_scene(seed: int, index: int, intrinsics: Intrinsics,
                device: str) -> Scene:
    model = load_body_model()
    angles, legs = sample_pose(_stream(seed, index, 'pose'),
                               lambda drawn: arms_are_free(drawn, model.rest))
    rng = _stream(seed, index, 'body')
    body = model.pose(sample_phenotype(rng),
                      bone_rotations(angles, model.rest))
    dressed = dress(rng, body, model.faces, model.vertex_bones)
    rise = (0, 0, -dressed.vertices[:, 2].min())
    vertices = dressed.vertices + rise
    low, high = vertices.min(axis=0), vertices.max(axis=0)

    camera = sample_camera(_stream(seed, index, 'camera'), intrinsics, low,
                           high)
    rng = _stream(seed, index, 'room')
    meshes = [(vertices, model.faces),
              sample_room(rng, low, high, camera.position)]
    if legs == 'sit':
        meshes.append(
            seat(rng, body.bones['root'] + rise,
                 np.radians(angles['pelvis_yaw'])))
    scene_vertices, faces = merge(meshes)
    rendering = render_depth(world_to_camera(scene_vertices, camera), faces,
                             intrinsics, device)

    on_body = (rendering.face >= 0) & (rendering.face < len(model.faces))
    hairy = dressed.hair[model.faces].all(axis=1)
    hair_mask = on_body & hairy[np.where(on_body, rendering.face, 0)]
    joints = world_to_camera(k2hpd_joints(body) + rise, camera)
    return Scene(rendering, on_body, hair_mask, joints)


def _stream(seed: int, index: int, stage: str) -> np.random.Generator:
    """A generator of its own for each stage of each sample.

    A change in how one stage draws then leaves the others as they are.
    """
    stages = ('pose', 'body', 'camera', 'room', 'sensor')
    return np.random.default_rng((seed, index, stages.index(stage)))
