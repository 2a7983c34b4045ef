"""A frame of a motion: one person in one room before one camera."""

import functools
from typing import List, NamedTuple

import numpy as np

from ..camera import Camera
from .body import load_body_model, sample_phenotype
from .camera import CameraPose, sample_camera
from .motion import sample_motion
from .person import Person, build_person
from .room import sample_room
from .sample import Sample, check_sample_arguments, observe
from .shapes import Mesh
from .skeleton import arms_are_free
from .streams import split_and_row, stage_rng
from .view import choose_sensor, render_view


class Scene(NamedTuple):
    """What the frames of a sequence share, and the person in each."""

    persons: List[Person]
    camera: CameraPose
    surroundings: List[Mesh]


def make_sequence_sample(
    seed: int,
    index: int,
    length: int,
    intrinsics: Camera,
    sensor: str = 'mixed',
    device: str = 'cpu',
) -> Sample:
    """Make sample ``index`` of ``seed``, a frame of a motion.

    The frames of a split are cut into sequences of ``length``. Person,
    clothes, room, camera and kind of sensor are those of the sequence; pose
    and noise those of the frame. The pelvis stays over its place and the
    lowest point on the floor, so that feet may slide.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the sample, >= 0.
        length (int): Frames of a sequence, >= 1.
        intrinsics (Camera): The camera.
        sensor (str): 'structured_light', 'time_of_flight', 'active_stereo' or 'mixed' (drawn
            per sequence). Defaults to 'mixed'.
        device (str): Where rays are cast, see :func:`render_depth`.

    Raises:
        ValueError: If seed or index is negative, the length below 1 or the
            sensor unknown.
    """
    check_sample_arguments(seed, index, sensor)
    if length < 1:
        raise ValueError(f'a sequence has at least one frame, got {length}')
    frame = split_and_row(index)[1] % length
    first = index - frame
    scene = make_scene(seed, first, length, intrinsics)
    person = scene.persons[frame]
    view = render_view(
        [person.mesh, *scene.surroundings], person.hairy, scene.camera, intrinsics, device
    )
    sensor = choose_sensor(stage_rng(seed, first, 'sensor'), sensor)
    return observe(
        stage_rng(seed, index, 'sensor_noise'), person, view, scene.camera, sensor, intrinsics
    )


# Blocks make the frames of a sequence one after the other.
@functools.lru_cache(maxsize=1)
def make_scene(seed: int, first: int, length: int, intrinsics: Camera) -> Scene:
    """Make the scene of the sequence that begins with sample ``first``."""
    rest = load_body_model().rest
    motion = sample_motion(
        stage_rng(seed, first, 'pose'), length, lambda angles: arms_are_free(angles, rest)
    )
    phenotype = sample_phenotype(stage_rng(seed, first, 'body'))
    persons = [
        # The same draws in each frame: the same clothes.
        build_person(angles, motion.sits, phenotype, stage_rng(seed, first, 'clothes'))
        for angles in motion.poses
    ]
    low = np.min([person.low for person in persons], axis=0)
    high = np.max([person.high for person in persons], axis=0)
    camera = sample_camera(stage_rng(seed, first, 'camera'), intrinsics, low, high)
    rng = stage_rng(seed, first, 'room')
    surroundings = [sample_room(rng, low, high, camera.position)]
    if motion.sits:
        surroundings.append(persons[0].seat(rng))
    return Scene(persons, camera, surroundings)
