"""Scenes as in real rooms, with ITOP's joints of everybody in view.

Half of the frames are like ITOP's front view: one person, free, facing the
camera. The other half are rooms: any posture, seen from anywhere, behind
tables and counters, cut by the frame, one or two people, several sensors; in
some the background is taken away, as trackers do.
"""

from typing import List, NamedTuple, Tuple

import numpy as np

from ..camera import ITOP_CAMERA, KINECT_V2_HALF, Camera, project
from .camera import CameraPose, look_along, sample_camera, world_to_camera
from .itop_label_places import itop_label_joints
from .person import Person, make_person
from .room import sample_room
from .room_furniture import bed, piece_in_front, something_to_sit_on, table_before
from .room_people import make_room_person, moved
from .shapes import Mesh, merge
from .streams import stage_rng
from .view import joints_inside, joints_visible, measure, render_view

FRONT_SHARE = 0.45
MOST_PEOPLE = 2
# Share, camera, sensor. Kinect v1 bare and registered to its colour image,
# Kinect v2 at half its resolution, Azure Kinect (narrow) at half of it.
CAMERAS: Tuple[Tuple[float, Camera, str], ...] = (
    (0.35, ITOP_CAMERA, 'structured_light'),
    (0.25, Camera(262.5, 262.5, 160., 120., 320, 240),
     'structured_light'),
    (0.30, KINECT_V2_HALF, 'time_of_flight'),
    (0.10, Camera(252., 252., 159.5, 143.5, 320, 288), 'time_of_flight'),
)  # yapf: disable
_BACKGROUND_TAKEN_AWAY = 0.15
_SECOND_PERSON = 0.22
_BOX_MARGIN = 0.15
_LEAST_SEEN = 5
_LEAST_INSIDE = 0.5


class RoomFrame(NamedTuple):
    """A frame with everybody who can be labelled; P people, 15 joints.

    Attributes:
        depth_m: (H, W) float32, metres, 0 = invalid.
        intrinsics: The camera.
        keypoints_uv: (P, 15, 2) float64, pixels, may lie outside the image.
        keypoints_cam_m: (P, 15, 3) float64, camera frame, y down, metres.
        visible: (P, 15) bool, inside the image and not hidden.
        boxes: (P, 4), x1, y1, x2, y2 in pixels.
    """

    depth_m: np.ndarray
    intrinsics: Camera
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray
    boxes: np.ndarray


class _Scene(NamedTuple):
    people: List[Person]
    things: List[Mesh]
    camera: CameraPose
    intrinsics: Camera
    sensor: str


def make_room_frame(seed: int, index: int, device: str = 'cpu') -> RoomFrame:
    """Make frame ``index`` of ``seed``.

    A scene in which nobody can be labelled is drawn again, at most nine
    times.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the frame, >= 0.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    rng = stage_rng(seed, index, 'room_scene')
    for _ in range(10):
        scene = _front_scene(rng) if rng.random() < FRONT_SHARE else _room_scene(rng)
        frame = _observe(rng, scene, device)
        if len(frame.boxes):
            break
    return frame


def _front_scene(rng: np.random.Generator) -> _Scene:
    person = make_person(rng, rng)
    intrinsics = CAMERAS[0 if rng.random() < 0.7 else 1][1]
    camera = sample_camera(rng, intrinsics, person.low, person.high, ((1.1, 1.5), (1.3, 2.2)), 9.0)
    things = [sample_room(rng, person.low, person.high, camera.position)]
    if person.sits:
        things.append(person.seat(rng))
    return _Scene([person], things, camera, intrinsics, 'structured_light')


def _room_scene(rng: np.random.Generator) -> _Scene:
    shares = np.array([share for share, *_ in CAMERAS])
    _, intrinsics, sensor = CAMERAS[rng.choice(len(CAMERAS), p=shares)]
    person, things = _settled(rng)
    people = [person]
    if rng.random() < _SECOND_PERSON:
        other, others_things = _settled(rng)
        shift = np.array(
            (rng.choice((-1, 1)) * rng.uniform(0.3, 1.2), rng.uniform(-1.0, 1.2), 0.0)
        )
        people.append(moved(other, shift))
        things += [(vertices + shift, faces) for vertices, faces in others_things]
    camera = _room_camera(rng, intrinsics, person)
    low = np.min([p.low for p in people], axis=0)
    high = np.max([p.high for p in people], axis=0)
    things.append(sample_room(rng, low, high, camera.position))
    if rng.random() < 0.25:
        things.append(piece_in_front(rng, person.low, person.high, -camera.position[1]))
    return _Scene(people, things, camera, intrinsics, sensor)


def _settled(rng: np.random.Generator) -> Tuple[Person, List[Mesh]]:
    """Somebody with what the posture asks for."""
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

    0.5-2.7 m high, 1.1-4.5 m away; people are near the middle of the image
    or at its side, and those who are near are cut off.
    """
    low, high = person.low, person.high
    distance = rng.uniform(1.1, 2.2) if rng.random() < 0.35 else rng.uniform(1.8, 4.2)
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


def _observe(rng: np.random.Generator, scene: _Scene, device: str) -> RoomFrame:
    """Measure a scene and label the people in it."""
    crowd = merge([person.mesh for person in scene.people])
    hairy = np.concatenate([person.hairy for person in scene.people])
    view = render_view([crowd, *scene.things], hairy, scene.camera, scene.intrinsics, device)
    depth_m = measure(rng, view, scene.sensor, scene.intrinsics)
    if len(scene.people) == 1 and rng.random() < _BACKGROUND_TAKEN_AWAY:
        depth_m = np.where(view.body_mask, depth_m, np.float32(0))
    people = []
    for person in scene.people:
        joints = world_to_camera(itop_label_joints(person.body) + person.rise, scene.camera)
        if joints[:, 2].min() < 0.3:
            continue
        uv = project(joints, scene.intrinsics)
        seen = joints_visible(uv, joints[:, 2], view.rendering.depth_m)
        inside = joints_inside(uv, scene.intrinsics.width, scene.intrinsics.height)
        if seen.sum() >= _LEAST_SEEN and inside.mean() >= _LEAST_INSIDE:
            people.append((uv, joints, seen, _box(rng, uv, seen, inside)))
    columns = list(zip(*people)) or [
        np.zeros((0, 15, 2)),
        np.zeros((0, 15, 3)),
        np.zeros((0, 15), bool),
        np.zeros((0, 4)),
    ]
    return RoomFrame(depth_m, scene.intrinsics, *(np.array(column) for column in columns))


def _box(
    rng: np.random.Generator, uv: np.ndarray, seen: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """A box as users have it: of the joints that are seen, or of all."""
    used = uv[seen if rng.random() < 0.5 else inside]
    low, high = used.min(axis=0), used.max(axis=0)
    margin = _BOX_MARGIN * (high - low).max()
    return np.concatenate([low - margin, high + margin])
