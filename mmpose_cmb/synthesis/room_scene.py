"""Scenes as in real rooms, with ITOP's joints of everybody in view.

A third of the frames are like ITOP's front view: one person, free, facing the
camera. The others are rooms: any posture, seen from anywhere, behind tables
and counters, cut by the frame, nobody to six people, several sensors; in some
the background is taken away.
"""

from typing import List, Sequence, Tuple

import numpy as np

from ..camera import ITOP_CAMERA, KINECT_V2_HALF, Camera
from .camera import CameraPose, look_along, sample_camera
from .person import Person, make_person
from .room import sample_room
from .room_frame import RoomFrame, Scene, first_labelled
from .room_furniture import bed, piece_in_front, something_to_sit_on, table_before
from .room_people import make_room_person, moved
from .shapes import Mesh
from .streams import stage_rng

FRONT_SHARE = 0.32
# Of the rooms, by the number of people in them.
PEOPLE_SHARES = (0.04, 0.58, 0.22, 0.09, 0.04, 0.02, 0.01)
MOST_PEOPLE = len(PEOPLE_SHARES) - 1
SceneCamera = Tuple[float, Camera, str]
# Share, camera, sensor. Kinect v1 bare and registered to its colour image,
# Kinect v2 at half its resolution, Azure Kinect (narrow) at half of it.
CAMERAS: Tuple[SceneCamera, ...] = (
    (0.35, ITOP_CAMERA, 'structured_light'),
    (0.25, Camera(262.5, 262.5, 160., 120., 320, 240),
     'structured_light'),
    (0.30, KINECT_V2_HALF, 'time_of_flight'),
    (0.10, Camera(252., 252., 159.5, 143.5, 320, 288), 'time_of_flight'),
)  # yapf: disable
# RealSense D435 at half of 848x480, where rooms are to be of stereo cameras.
STEREO_CAMERAS = ((1.0, Camera(211.0, 211.0, 211.5, 119.5, 424, 240), 'active_stereo'),)
_DARK_THING = 0.25


def make_room_frame(
    seed: int, index: int, device: str = 'cpu', sensor: str = 'mixed'
) -> RoomFrame:
    """Make frame ``index`` of ``seed``.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the frame, >= 0.
        device (str): Where rays are cast, see :func:`render_depth`.
        sensor (str): 'mixed' are ``CAMERAS``, 'active_stereo' is
            ``STEREO_CAMERAS``. Defaults to 'mixed'.
    """
    cameras = STEREO_CAMERAS if sensor == 'active_stereo' else CAMERAS
    rng = stage_rng(seed, index, 'room_scene')
    return first_labelled(rng, lambda draws: _scene(draws, cameras), device)


def _scene(rng: np.random.Generator, cameras: Sequence[SceneCamera]) -> Scene:
    front = rng.random() < FRONT_SHARE
    return _front_scene(rng, cameras) if front else _room_scene(rng, cameras)


def _front_scene(rng: np.random.Generator, cameras: Sequence[SceneCamera] = CAMERAS) -> Scene:
    person = make_person(rng, rng)
    _, intrinsics, sensor = cameras[0 if rng.random() < 0.7 or len(cameras) < 2 else 1]
    camera = sample_camera(rng, intrinsics, person.low, person.high, ((1.1, 1.5), (1.3, 2.2)), 9.0)
    things = [sample_room(rng, person.low, person.high, camera.position)]
    if person.sits:
        things.append(person.seat(rng))
    dark = [False] * len(things)
    return Scene([person], things, dark, camera, intrinsics, sensor)


def _room_scene(rng: np.random.Generator, cameras: Sequence[SceneCamera] = CAMERAS) -> Scene:
    shares = np.array([share for share, *_ in cameras])
    _, intrinsics, sensor = cameras[rng.choice(len(cameras), p=shares)]
    # The first is who the room is built around, also where nobody is.
    person, things = settled(rng)
    people = [person]
    for _ in range(1, rng.choice(len(PEOPLE_SHARES), p=PEOPLE_SHARES)):
        other, others_things = settled(rng)
        shift = np.array((rng.choice((-1, 1)) * rng.uniform(0.3, 1.6), rng.uniform(-1.0, 1.8), 0))
        people.append(moved(other, shift))
        things += [(vertices + shift, faces) for vertices, faces in others_things]
    camera = _room_camera(rng, intrinsics, person)
    low = np.min([p.low for p in people], axis=0)
    high = np.max([p.high for p in people], axis=0)
    if rng.random() < 0.25:
        things.append(piece_in_front(rng, person.low, person.high, -camera.position[1]))
    dark = [bool(rng.random() < _DARK_THING) for _ in things]
    things.append(sample_room(rng, low, high, camera.position))
    if rng.random() < PEOPLE_SHARES[0]:
        people = []
    return Scene(people, things, [*dark, False], camera, intrinsics, sensor)


def settled(rng: np.random.Generator) -> Tuple[Person, List[Mesh]]:
    """Somebody with what the posture asks for: a seat, a bed, a table.

    Args:
        rng (np.random.Generator): Source of randomness.
    """
    person, posture = make_room_person(rng)
    things = []
    if posture == 'sitting':
        things.append(something_to_sit_on(rng, person))
    if posture == 'lying' and rng.random() < 0.5:
        height = rng.uniform(0.25, 0.65)
        things.append(bed(rng, person, height))
        person = moved(person, np.array((0.0, 0.0, height)))
    table = dict(working=0.7, sitting=0.45, upright=0.12).get(posture, 0.0)
    if rng.random() < table:
        things.append(table_before(rng, person, posture == 'sitting'))
    return person, things


def _room_camera(rng: np.random.Generator, intrinsics: Camera, person: Person) -> CameraPose:
    """A camera on a shelf, a stand or high on the wall, as it happens.

    0.5-2.7 m high, 1.1-5 m away; people are near the middle of the image
    or at its side, and those who are near are cut off.
    """
    low, high = person.low, person.high
    distance = rng.uniform(1.1, 2.2) if rng.random() < 0.35 else rng.uniform(1.8, 5.0)
    distance += (high[1] - low[1]) / 4
    kind = rng.random()
    height = (
        rng.uniform(0.5, 1.2)
        if kind < 0.15
        else rng.uniform(1.0, 1.6)
        if kind < 0.55
        else rng.uniform(1.6, 2.7)
    )
    position = np.array((0.0, -distance, height))
    # Who stands near is looked at in the upper half.
    share = rng.uniform(0.45, 0.7) if distance < 2.2 else rng.uniform(0.4, 0.6)
    target = low[2] + share * (high[2] - low[2])
    offset_u = rng.normal(0, 0.17) * intrinsics.width
    offset_v = rng.normal(0, 0.1) * intrinsics.height
    yaw = -np.arctan(offset_u / intrinsics.fx)
    pitch = np.arctan2(height - target, distance) - np.arctan(offset_v / intrinsics.fy)
    roll = np.radians(np.clip(rng.normal(0, 2), -6, 6))
    return CameraPose(look_along(yaw, pitch, roll), position)
