"""Frames of a hand before a depth camera of any make, with ASTAR's joints.

Wider than ASTAR's own: any posture, palm and back, 0.25-0.9 m away, the arm
behind the hand, before nothing, a wall, a table or somebody whose arm it is;
structured light and time of flight. All hands are right ones.
"""

import functools
from typing import List, NamedTuple, Tuple

import numpy as np

from ..camera import KINECT_V2_HALF, SOFTKINETIC_DS325, Camera, project
from .arm import Arm, draw_out, rim_of, sample_arm
from .body import sample_phenotype
from .camera import CameraPose
from .hand import Hand, load_hand_model
from .hand_pose import sample_any_hand_pose
from .person import make_person
from .room_frame import RoomFrame, box_of_joints
from .rotation import about_axis, about_x, about_y, about_z
from .sensor import (
    NEAR_STRUCTURED_LIGHT,
    TimeOfFlight,
    lost_on_dark,
    structured_light,
    time_of_flight,
)
from .shapes import Mesh, box
from .streams import stage_rng
from .view import joints_inside, joints_visible, render_view

# Share, camera, sensor: SoftKinetic DS325, Azure Kinect (narrow) at half its
# resolution, Kinect v2 at half, Orbbec Astra and RealSense SR300 at half and whole.
CAMERAS: Tuple[Tuple[float, Camera, str], ...] = (
    (0.25, SOFTKINETIC_DS325, 'time_of_flight'),
    (0.15, Camera(252., 252., 159.5, 143.5, 320, 288), 'time_of_flight'),
    (0.10, KINECT_V2_HALF, 'time_of_flight'),
    (0.20, Camera(285., 285., 159.5, 119.5, 320, 240), 'structured_light'),
    (0.15, Camera(238., 238., 159.5, 119.5, 320, 240), 'structured_light'),
    (0.15, Camera(476., 476., 319.5, 239.5, 640, 480), 'structured_light'),
)  # yapf: disable
DISTANCES_M = (0.25, 0.9)
# What is behind the hand and its arm.
BACKGROUNDS = dict(nothing=0.3, wall=0.2, table=0.15, somebody=0.35)
_VISIBLE_WITHIN_M = 0.03
_LEAST_INSIDE = 0.9
_LEAST_SEEN = 7
_NEAREST_ARM_M = 0.17
_DARK_SLEEVE = 0.15
# Before nothing, the share from which all is taken that is farther than the hand.
_CUT_BY_RANGE = 0.5
# Columns: where the hand's axes point in the camera frame when the palm
# faces the camera and the fingers point up.
_PALM_TO_CAMERA = np.array([(0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0)])
_AT_THE_CAMERA = CameraPose(np.eye(3), np.zeros(3))
# World frame (z up, y into the room) -> camera frame.
_UPRIGHT = np.array([(1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)])


class HandScene(NamedTuple):
    """A hand and what is around it, in the camera frame, metres.

    Attributes:
        joints: (20, 3).
        meshes: The hand, its arm, what is behind.
        dark: Of each mesh, whether it swallows light.
        kind: One of ``BACKGROUNDS``.
    """

    joints: np.ndarray
    meshes: List[Mesh]
    dark: List[bool]
    kind: str


def make_hand_frame(seed: int, index: int, device: str = 'cpu') -> RoomFrame:
    """Make frame ``index`` of ``seed``: one hand, 20 joints.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the frame, >= 0.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    rng = stage_rng(seed, index, 'hand_scene')
    shares = np.array([share for share, *_ in CAMERAS])
    for _ in range(20):
        _, camera, sensor = CAMERAS[rng.choice(len(CAMERAS), p=shares)]
        scene = sample_scene(rng)
        if scene.meshes[1][0][:, 2].min() < _NEAREST_ARM_M:
            continue
        frame = observe_hand(rng, scene, camera, sensor, device)
        if frame.labelled.all():
            break
    return frame


def sample_scene(rng: np.random.Generator) -> HandScene:
    """Draw a hand, its arm and what is behind.

    Args:
        rng (np.random.Generator): Source of randomness.
    """
    model = load_hand_model()
    hand = model.pose(sample_phenotype(rng), sample_any_hand_pose(rng))
    kinds = list(BACKGROUNDS)
    kind = kinds[rng.choice(len(kinds), p=list(BACKGROUNDS.values()))]
    rotation = _turn(rng, upright=kind == 'somebody')
    # Shoulders are behind hands that are held out, and mostly higher than elbows.
    away = np.array((rng.normal(0, 0.5), rng.normal(-0.3, 0.5), 1.0))
    arm = _arm_of(rng, hand, rotation.T @ away / np.linalg.norm(away))
    place = _place(rng) - rotation @ ((hand.vertices.min(axis=0) + hand.vertices.max(axis=0)) / 2)

    def moved(points: np.ndarray) -> np.ndarray:
        return points @ rotation.T + place

    meshes = [(moved(hand.vertices), model.faces), (moved(arm.mesh[0]), arm.mesh[1])]
    dark = [False, rng.random() < _DARK_SLEEVE]
    behind = _behind(rng, kind, meshes, moved(arm.shoulder[None])[0])
    dark += [rng.random() < _DARK_SLEEVE for _ in behind]
    return HandScene(moved(hand.joints), meshes + behind, dark, kind)


def observe_hand(
    rng: np.random.Generator, scene: HandScene, camera: Camera, sensor: str, device: str
) -> RoomFrame:
    """Measure a scene and label its hand.

    Args:
        rng (np.random.Generator): Source of randomness.
        scene (HandScene): What is there.
        camera (Camera): The camera, at the origin.
        sensor (str): One of ``sensor.SENSORS``.
        device (str): Where rays are cast, see :func:`render_depth`.
    """
    hairy = np.zeros(len(scene.meshes[0][1]), bool)
    view = render_view(scene.meshes, hairy, _AT_THE_CAMERA, camera, device)
    if sensor == 'structured_light':
        depth_m = structured_light(
            rng, view.rendering, view.hair_mask, camera.fx, NEAR_STRUCTURED_LIGHT
        )
    else:
        # From cameras that average little to those that filter.
        noise = TimeOfFlight(0.15, rng.uniform(0.0003, 0.001), rng.uniform(0.0006, 0.008), 0.03)
        depth_m = time_of_flight(rng, view.rendering, view.hair_mask, noise)
    counts = [len(faces) for _, faces in scene.meshes]
    mesh_of_face = np.repeat(np.arange(len(counts)), counts)
    mesh_at = np.where(view.rendering.face >= 0, mesh_of_face[view.rendering.face], -1)
    dark = np.array(scene.dark)
    if dark.any():
        depth_m[lost_on_dark(rng, (mesh_at >= 0) & dark[mesh_at])] = 0
    joints = scene.joints
    if scene.kind == 'nothing' and rng.random() < _CUT_BY_RANGE:
        depth_m[depth_m > joints[:, 2].max() + rng.uniform(0.02, 0.3)] = 0
    uv = project(joints, camera)
    seen = joints_visible(uv, joints[:, 2], view.rendering.depth_m, _VISIBLE_WITHIN_M)
    inside = joints_inside(uv, camera.width, camera.height)
    labelled = inside.mean() >= _LEAST_INSIDE and seen.sum() >= _LEAST_SEEN
    return RoomFrame(
        depth_m,
        camera,
        uv[None],
        joints[None],
        seen[None],
        box_of_joints(uv)[None],
        np.array([labelled]),
    )


def _turn(rng: np.random.Generator, upright: bool) -> np.ndarray:
    """Hand frame -> camera frame.

    Half show the palm, three in ten the back; before somebody fingers mostly
    point up or aside, for other cameras anywhere.
    """
    side = rng.random()
    yaw = 0 if side < 0.5 else 180 if side < 0.8 else rng.uniform(-180, 180)
    yaw += rng.normal(0, 30)
    pitch = np.clip(rng.normal(0, 28), -80, 80)
    anywhere = rng.random() < (0.2 if upright else 0.6)
    roll = rng.uniform(-180, 180) if anywhere else rng.normal(0, 40)
    return (
        about_z(np.radians(roll))
        @ about_x(np.radians(pitch))
        @ about_y(np.radians(yaw))
        @ _PALM_TO_CAMERA
    )


def _place(rng: np.random.Generator) -> np.ndarray:
    """Middle of the hand (3,), camera frame, metres."""
    distance = rng.uniform(*DISTANCES_M)
    aside = np.clip(rng.normal(0, 0.12, 2), -0.3, 0.3)
    return distance * np.array([*aside, 1.0])


@functools.lru_cache(maxsize=1)
def _rim() -> np.ndarray:
    return rim_of(load_hand_model().faces)


def _arm_of(rng: np.random.Generator, hand: Hand, upper: np.ndarray) -> Arm:
    rim = hand.vertices[_rim()]
    length = np.linalg.norm(hand.joints[8] - hand.joints[0]) * 1.85
    return draw_out(rim, sample_arm(rng, length, upper), rng.standard_normal((40, len(rim))))


def _behind(
    rng: np.random.Generator, kind: str, hand_and_arm: List[Mesh], shoulder: np.ndarray
) -> List[Mesh]:
    """What is behind a hand, camera frame; never before it."""
    deepest = max(float(vertices[:, 2].max()) for vertices, _ in hand_and_arm[:1])
    if kind == 'nothing':
        return []
    if kind == 'table':
        # Of any slant, through a point behind the hand.
        vertices, faces = box((-3, -3, 0), (3, 3, 0.05))
        slant = about_axis((*rng.normal(0, 1, 2), 1e-6), np.radians(rng.uniform(0, 50)))
        hand = hand_and_arm[0][0]
        gap = (hand @ slant[:, 2]).max() + rng.uniform(0.01, 0.5)
        return [(vertices @ slant.T + gap * slant[:, 2], faces)]
    wall = max(deepest, 0.5) + rng.uniform(0.1, 1.5)
    things: List[Mesh] = []
    if kind == 'somebody':
        person = make_person(rng, rng)
        shoulder_bone = person.body.bones['upperarm01.R'] + person.rise
        vertices = (person.mesh[0] - shoulder_bone) @ _UPRIGHT.T + shoulder
        # Nobody's body is nearer than the hand that is held out.
        gap = rng.uniform(0.05, 0.25)
        body_m = np.percentile(vertices[:, 2], 5)
        vertices[:, 2] += max(0.0, deepest + gap - body_m)
        things.append((vertices, person.mesh[1]))
        wall = max(wall, float(vertices[:, 2].max()) + rng.uniform(0.1, 2.0))
    return [*things, box((-6, -6, wall), (6, 6, wall + 0.1))]
