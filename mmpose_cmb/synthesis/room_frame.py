"""From a scene with people to the frame of a sensor and its labels, ``ROOM_JOINTS``."""

from typing import Callable, List, NamedTuple

import numpy as np

from ..camera import Camera, project
from ..formats.room_joints import JOINT_SETS, ROOM_JOINTS
from .body import Body
from .camera import CameraPose, world_to_camera
from .itop_label_places import itop_label_joints
from .joints import k2hpd_joints
from .person import Person
from .sensor import lost_on_dark, without_border
from .shapes import Mesh, merge
from .view import joints_inside, joints_visible, measure, render_view

# Share of the frames with one person whose background is taken away, as
# trackers do, and of structured light that is registered to a colour image.
_BACKGROUND_TAKEN_AWAY = 0.15
_REGISTERED = 0.3
_BOX_MARGIN = 0.15
_LEAST_SEEN = 5
_LEAST_INSIDE = 0.5
# The joints by which it is decided who is labelled, and the box.
_DECIDING = JOINT_SETS['itop']


class RoomFrame(NamedTuple):
    """A frame with everybody who is in view; P people, K joints.

    Attributes:
        depth_m: (H, W) float32, metres, 0 = invalid.
        intrinsics: The camera.
        keypoints_uv: (P, K, 2) float64, pixels, may lie outside the image.
        keypoints_cam_m: (P, K, 3) float64, camera frame, y down, metres.
        visible: (P, K) bool, inside the image and not hidden.
        boxes: (P, 4), x1, y1, x2, y2 in pixels, around the joints that are
            seen.
        labelled: (P,) bool; of the others too little is seen to learn from.
    """

    depth_m: np.ndarray
    intrinsics: Camera
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray
    boxes: np.ndarray
    labelled: np.ndarray


class Scene(NamedTuple):
    """What stands before a camera.

    Attributes:
        people: Where they are.
        things: The surroundings.
        dark: Of each thing, whether it swallows light.
        camera: Where the camera is.
        intrinsics: The camera.
        sensor: One of ``sensor.SENSORS``.
    """

    people: List[Person]
    things: List[Mesh]
    dark: List[bool]
    camera: CameraPose
    intrinsics: Camera
    sensor: str


def observe(rng: np.random.Generator, scene: Scene, device: str) -> RoomFrame:
    """Measure a scene and label the people in it.

    Args:
        rng (np.random.Generator): Source of randomness.
        scene (Scene): Who and what is there.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    meshes = [*(person.mesh for person in scene.people), *scene.things]
    hairy = np.zeros(sum(len(faces) for _, faces in meshes), bool)
    absorbing = [person.hairy for person in scene.people]
    hairy[: sum(map(len, absorbing))] = np.concatenate([*absorbing, np.zeros(0, bool)])
    view = render_view([merge(meshes)], hairy, scene.camera, scene.intrinsics, device)
    depth_m = measure(rng, view, scene.sensor, scene.intrinsics)
    mesh_of_face = np.repeat(np.arange(len(meshes)), [len(faces) for _, faces in meshes])
    mesh_at = np.where(view.rendering.face >= 0, mesh_of_face[view.rendering.face], -1)
    dark = np.array([*[False] * len(scene.people), *scene.dark])
    if dark.any():
        depth_m[lost_on_dark(rng, (mesh_at >= 0) & dark[mesh_at])] = 0
    if scene.sensor == 'structured_light' and rng.random() < _REGISTERED:
        depth_m = without_border(rng, depth_m)
    if len(scene.people) == 1 and rng.random() < _BACKGROUND_TAKEN_AWAY:
        depth_m = np.where(mesh_at == 0, depth_m, np.float32(0))
    people = []
    for number, person in enumerate(scene.people):
        joints = world_to_camera(room_joints(person.body) + person.rise, scene.camera)
        if joints[_DECIDING, 2].min() < 0.3 or not (mesh_at == number).any():
            continue
        uv = project(joints, scene.intrinsics)
        seen = joints_visible(uv, joints[:, 2], view.rendering.depth_m)
        inside = joints_inside(uv, scene.intrinsics.width, scene.intrinsics.height)
        deciding, places = seen[_DECIDING], uv[_DECIDING]
        labelled = deciding.sum() >= _LEAST_SEEN and inside[_DECIDING].mean() >= _LEAST_INSIDE
        box = box_of_joints(places[deciding]) if labelled else _extent(mesh_at == number)
        people.append((uv, joints, seen, box, labelled))
    columns = list(zip(*people)) or [
        np.zeros((0, len(ROOM_JOINTS), 2)),
        np.zeros((0, len(ROOM_JOINTS), 3)),
        np.zeros((0, len(ROOM_JOINTS)), bool),
        np.zeros((0, 4)),
        np.zeros(0, bool),
    ]
    return RoomFrame(depth_m, scene.intrinsics, *(np.array(column) for column in columns))


def room_joints(body: Body) -> np.ndarray:
    """The ``ROOM_JOINTS`` (K, 3) of a posed person, world frame, metres.

    Args:
        body (Body): The person.
    """
    return np.concatenate([itop_label_joints(body), k2hpd_joints(body)])


def first_labelled(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], Scene], device: str
) -> RoomFrame:
    """The frame of a scene in which somebody can be labelled, or nobody is.

    Other scenes are drawn again, at most nine times.

    Args:
        rng (np.random.Generator): Source of randomness.
        draw (Callable): Draws a scene.
        device (str): See :func:`observe`.
    """
    for _ in range(10):
        scene = draw(rng)
        frame = observe(rng, scene, device)
        if frame.labelled.any() or not scene.people:
            break
    return frame


def box_of_joints(uv: np.ndarray) -> np.ndarray:
    """A box (4,) as users have it: x1, y1, x2, y2 around joints (K, 2), with a margin."""
    low, high = uv.min(axis=0), uv.max(axis=0)
    margin = _BOX_MARGIN * (high - low).max()
    return np.concatenate([low - margin, high + margin])


def _extent(mask: np.ndarray) -> np.ndarray:
    """The box around the pixels of a mask (H, W), pixels."""
    rows, columns = np.nonzero(mask)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
