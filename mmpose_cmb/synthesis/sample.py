"""One synthetic frame: sample ``index`` of ``seed``, always the same bytes."""

from typing import NamedTuple

import numpy as np

from ..camera import Camera, project
from .camera import CameraPose, sample_camera, world_to_camera
from .joints import k2hpd_joints
from .person import Person, make_person
from .room import sample_room
from .streams import stage_rng
from .view import SENSOR_CHOICES, View, choose_sensor, joints_visible, measure, render_view


class Sample(NamedTuple):
    """A depth frame with its labels.

    Attributes:
        depth_m: (H, W) float32, metres, 0 = invalid.
        body_mask: (H, W) bool, pixels of the person.
        keypoints_uv: (19, 2) float64, pixels, may lie outside the image.
        keypoints_cam_m: (19, 3) float64, camera frame, metres.
        visible: (19,) bool, inside the image and not hidden.
        sensor: 'structured_light', 'time_of_flight' or 'active_stereo'.
    """

    depth_m: np.ndarray
    body_mask: np.ndarray
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray
    sensor: str


def make_sample(
    seed: int, index: int, intrinsics: Camera, sensor: str = 'mixed', device: str = 'cpu'
) -> Sample:
    """Make sample ``index`` of ``seed``.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the sample, >= 0.
        intrinsics (Camera): The camera.
        sensor (str): 'structured_light', 'time_of_flight', 'active_stereo' or 'mixed' (drawn
            per sample). Defaults to 'mixed'.
        device (str): Where rays are cast, see :func:`render_depth`.

    Raises:
        ValueError: If the seed or index is negative or the sensor unknown.
    """
    check_sample_arguments(seed, index, sensor)
    person = make_person(stage_rng(seed, index, 'pose'), stage_rng(seed, index, 'body'))
    camera = sample_camera(stage_rng(seed, index, 'camera'), intrinsics, person.low, person.high)
    rng = stage_rng(seed, index, 'room')
    meshes = [person.mesh, sample_room(rng, person.low, person.high, camera.position)]
    if person.sits:
        meshes.append(person.seat(rng))
    view = render_view(meshes, person.hairy, camera, intrinsics, device)

    rng = stage_rng(seed, index, 'sensor')
    sensor = choose_sensor(rng, sensor)
    return observe(rng, person, view, camera, sensor, intrinsics)


def observe(
    rng: np.random.Generator,
    person: Person,
    view: View,
    camera: CameraPose,
    sensor: str,
    intrinsics: Camera,
) -> Sample:
    """Measure a view with a sensor, and label the person in it.

    Args:
        rng (np.random.Generator): Randomness of the sensor.
        person (Person): Who is seen.
        view (View): What an ideal camera sees.
        camera (CameraPose): Where it is.
        sensor (str): 'structured_light', 'time_of_flight' or 'active_stereo'.
        intrinsics (Camera): The camera.
    """
    depth_m = measure(rng, view, sensor, intrinsics)
    joints = world_to_camera(k2hpd_joints(person.body) + person.rise, camera)
    uv = project(joints, intrinsics)
    visible = joints_visible(uv, joints[:, 2], view.rendering.depth_m)
    return Sample(depth_m, view.body_mask, uv, joints, visible, sensor)


def check_sample_arguments(seed: int, index: int, sensor: str) -> None:
    """Refuse a negative seed or index and an unknown sensor."""
    if seed < 0 or index < 0:
        raise ValueError(f'seed and index must not be negative, got seed {seed}, index {index}')
    if sensor not in SENSOR_CHOICES:
        raise ValueError(f'unknown sensor {sensor!r}, choose one of {SENSOR_CHOICES}')
