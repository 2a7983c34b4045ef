"""Scenes as a camera under the ceiling sees them, with ITOP's joints.

Most people from above stand and walk, few sit or bend. The person nearest to
the camera's axis is as near as real ones: heads of ITOP's people are 1.04 m
from its camera (median of its labels).
"""

from typing import Optional

import numpy as np

from ..camera import ITOP_CAMERA, KINECT_V2_HALF, Camera
from .camera import CameraPose, look_along
from .person import Person
from .room import sample_room
from .room_frame import RoomFrame, Scene, first_labelled
from .room_people import make_room_person, moved
from .room_scene import settled
from .streams import stage_rng

# Nobody to three people.
PEOPLE_SHARES = (0.04, 0.72, 0.16, 0.08)
_ANY_POSTURE = 0.12
_FACING = 0.6
_STANDS_M = 1.6


def make_ceiling_frame(seed: int, index: int, device: str = 'cpu') -> RoomFrame:
    """Make frame ``index`` of ``seed``, seen from above.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the frame, >= 0.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    rng = stage_rng(seed, index, 'ceiling_scene')
    return first_labelled(rng, _scene, device)


def _scene(rng: np.random.Generator) -> Scene:
    people, things = [], []
    for number in range(rng.choice(len(PEOPLE_SHARES), p=PEOPLE_SHARES)):
        if rng.random() < _ANY_POSTURE:
            person, belongings = settled(rng)
        else:
            # The direction in which who looks ahead is down in the image.
            yaw = np.clip(rng.normal(0, 35), -90, 90) if rng.random() < _FACING else None
            person, belongings = _standing(rng, yaw), []
        spread = 0.2 if number == 0 else 0.7
        shift = np.array((*np.clip(rng.normal(0, spread, 2), -1.4, 1.4), 0))
        people.append(moved(person, shift))
        things += [(vertices + shift, faces) for vertices, faces in belongings]
    intrinsics, sensor = _camera_of(rng)
    highest = max([0.0, *(person.high[2] for person in people)])
    camera = _under_ceiling(rng, highest)
    low = np.min([(-0.3, -0.3, 0.0), *(person.low for person in people)], axis=0)
    high = np.max([(0.3, 0.3, 1.7), *(person.high for person in people)], axis=0)
    walls_from = np.array((0.0, low[1] - rng.uniform(1.0, 3.0), camera.position[2]))
    dark = [False] * len(things)
    things.append(sample_room(rng, low, high, walls_from))
    return Scene(people, things, [*dark, False], camera, intrinsics, sensor)


def _standing(rng: np.random.Generator, yaw_deg: Optional[float]) -> Person:
    """Somebody upright: whoever stoops or is small is drawn again, at most nine times."""
    for _ in range(10):
        person = make_room_person(rng, 'upright', yaw_deg).person
        if person.high[2] > _STANDS_M:
            break
    return person


def _camera_of(rng: np.random.Generator):
    """Kinect v1 as ITOP has it, or Kinect v2 at half its resolution."""
    if rng.random() < 0.7:
        return ITOP_CAMERA, 'structured_light'
    camera: Camera = KINECT_V2_HALF
    return camera, 'time_of_flight'


def _under_ceiling(rng: np.random.Generator, highest_m: float) -> CameraPose:
    """2.5-3.1 m high and at least 0.35 m over everybody, looking down."""
    height = max(rng.uniform(2.5, 2.85) + rng.exponential(0.04), highest_m + 0.35)
    tilt, turn, roll = np.radians(np.clip(rng.normal(0, (4, 5, 3)), -14, 14))
    return CameraPose(look_along(turn, np.pi / 2 - tilt, roll), np.array((0.0, -0.12, height)))
