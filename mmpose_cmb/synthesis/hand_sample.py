"""A frame of ASTAR's kind: a hand close before a time-of-flight camera."""

from typing import List, NamedTuple

import numpy as np

from ..camera import SOFTKINETIC_DS325, project
from .body import sample_phenotype
from .camera import CameraPose
from .hand import load_hand_model
from .hand_pose import ASTAR_POSES, sample_hand_pose
from .rotation import about_x, about_y, about_z
from .sensor import CLOSE_RANGE, time_of_flight
from .shapes import Mesh, box
from .streams import split_and_row, stage_rng
from .view import joints_visible, render_view

# ASTAR's subjects: 1-15 are tested on, 16-30 trained on.
FIRST_SUBJECT = {'train': 16, 'test': 1}
TEST_SUBJECTS = 15
LAST_SUBJECT = 30
# Fingertips hide joints of fingers behind them, which are this thick.
_VISIBLE_WITHIN_M = 0.03
# Columns: where the hand's axes point in the camera frame when the palm
# faces the camera and the fingers point up.
_PALM_TO_CAMERA = np.array([(0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0)])
_AT_THE_CAMERA = CameraPose(np.eye(3), np.zeros(3))


class HandSample(NamedTuple):
    """A depth frame of a hand with its labels.

    Attributes:
        depth_m: (240, 320) float32, metres, 0 = invalid.
        hand_mask: (240, 320) bool, pixels of the hand.
        keypoints_uv: (20, 2) float64, pixels.
        keypoints_cam_m: (20, 3) float64, camera frame, metres.
        visible: (20,) bool, inside the image and not hidden.
    """

    depth_m: np.ndarray
    hand_mask: np.ndarray
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray


def astar_subject(index: int) -> int:
    """The subject of a sample; those from 31 on are not ASTAR's."""
    split, row = split_and_row(index)
    return FIRST_SUBJECT[split] + row // len(ASTAR_POSES)


def astar_pose(index: int) -> str:
    """The name of the pose of a sample; each subject makes each once."""
    return ASTAR_POSES[split_and_row(index)[1] % len(ASTAR_POSES)]


def make_hand_sample(seed: int, index: int, device: str = 'cpu') -> HandSample:
    """Make sample ``index`` of ``seed``.

    Subjects 1 to 30 make the poses of the 29 classes, within some degrees;
    half of the frames of further subjects show any pose within the joints'
    limits. A subject's hand has the same shape in all frames.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the sample, >= 0.
        device (str): Where rays are cast, see :func:`render_depth`.

    Raises:
        ValueError: If the seed or index is negative.
    """
    if seed < 0 or index < 0:
        raise ValueError(f'seed and index must not be negative, got seed {seed}, index {index}')
    subject = astar_subject(index)
    model = load_hand_model()
    rng = stage_rng(seed, index, 'hand_pose')
    free = subject > LAST_SUBJECT and rng.random() < 0.5
    angles, turn_deg = sample_hand_pose(rng, astar_pose(index), free)
    hand = model.pose(sample_phenotype(stage_rng(seed, subject, 'hand_shape')), angles)

    rng = stage_rng(seed, index, 'hand_camera')
    rotation = _turn(rng, turn_deg)
    middle = (hand.vertices.min(axis=0) + hand.vertices.max(axis=0)) / 2
    shift = _place(rng) - rotation @ middle
    joints = hand.joints @ rotation.T + shift
    meshes = [(hand.vertices @ rotation.T + shift, model.faces)]
    meshes += _surroundings(stage_rng(seed, index, 'hand_room'))
    no_hair = np.zeros(len(model.faces), bool)
    view = render_view(meshes, no_hair, _AT_THE_CAMERA, SOFTKINETIC_DS325, device)

    depth_m = time_of_flight(
        stage_rng(seed, index, 'sensor'), view.rendering, view.hair_mask, CLOSE_RANGE
    )
    uv = project(joints, SOFTKINETIC_DS325)
    visible = joints_visible(uv, joints[:, 2], view.rendering.depth_m, _VISIBLE_WITHIN_M)
    return HandSample(depth_m, view.body_mask, uv, joints, visible)


def _turn(rng: np.random.Generator, turn_deg: float) -> np.ndarray:
    """Hand frame -> camera frame; one in ten shows the back of the hand."""
    yaw, pitch, roll = np.clip(rng.normal(0, (25, 18, 18)), (-65, -50, -50), (65, 50, 50))
    if rng.random() < 0.1:
        yaw += 180
    return (
        about_z(np.radians(roll + turn_deg))
        @ about_x(np.radians(pitch))
        @ about_y(np.radians(yaw))
        @ _PALM_TO_CAMERA
    )


def _place(rng: np.random.Generator) -> np.ndarray:
    """Middle of the hand (3,), camera frame, metres: 0.32-0.7 m away."""
    distance = rng.uniform(0.32, 0.7)
    aside = np.clip(rng.normal(0, 0.09, 2), -0.18, 0.18)
    return distance * np.array([*aside, 1.0])


def _surroundings(rng: np.random.Generator) -> List[Mesh]:
    """Nothing within reach, or a wall and somebody before it."""
    if rng.random() < 0.4:
        return []
    wall = rng.uniform(1.0, 2.0)
    meshes = [box((-4, -4, wall), (4, 4, wall + 0.1))]
    if rng.random() < 0.5:
        x, top, near = rng.uniform((-0.5, -0.2, 0.9), (0.5, 0.2, 0.98))
        meshes.append(box((x - 0.22, top, near), (x + 0.22, 2, near + 0.2)))
    return meshes
