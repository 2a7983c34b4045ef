"""A frame of ITOP's kind: a person seen from the front and from above."""

from typing import Dict, NamedTuple, Sequence

import numpy as np

from ..camera import ITOP_CAMERA, project, unproject
from ..formats.itop import BACKGROUND_PART, ITOP_VIEWS, frame_id
from .body import sample_phenotype
from .camera import CameraPose, sample_camera, sample_top_camera, world_to_camera
from .joints import itop_joints
from .person import Person, make_person
from .room import sample_room
from .rotation import about_y
from .sample import check_sample_arguments
from .streams import split_and_row, stage_rng
from .view import View, choose_sensor, joints_inside, joints_visible, measure, render_view

# Numbers of the persons in a split, and how many frames in a row one has.
PERSONS = {'train': range(20, 100), 'test': range(20)}
FRAMES_IN_A_ROW = 50
# Now and then the person has stepped out of the image.
_ASTRAY = 0.03
_VALID_SHARE = 0.6


class ITOPView(NamedTuple):
    """One view of a frame.

    Attributes:
        depth_m: (240, 320) float32, metres, 0 = invalid.
        keypoints_uv: (15, 2) float64, pixels, may lie outside the image.
        keypoints_cam_m: (15, 3) float64, camera frame, y down, metres.
        visible: (15,) bool, inside the image and not hidden.
        is_valid: Whether enough joints lie inside the image.
        part: (240, 320) int8, the nearest joint of the person's pixels, -1
            elsewhere.
    """

    depth_m: np.ndarray
    keypoints_uv: np.ndarray
    keypoints_cam_m: np.ndarray
    visible: np.ndarray
    is_valid: bool
    part: np.ndarray


def make_itop_sample(
    seed: int,
    index: int,
    views: Sequence[str] = ITOP_VIEWS,
    sensor: str = 'structured_light',
    device: str = 'cpu',
) -> Dict[str, ITOPView]:
    """Make sample ``index`` of ``seed``: one moment, seen by both cameras.

    A view does not depend on whether the other is made. All frames of a
    person (see :func:`itop_person`) share the body; clothes, pose, room and
    cameras are each frame's own.

    Args:
        seed (int): Seed of the data set, >= 0.
        index (int): Number of the sample, >= 0.
        views (Sequence[str]): 'side', 'top' or both. Defaults to both.
        sensor (str): 'structured_light', 'time_of_flight', 'active_stereo' or 'mixed' (drawn
            per frame). Defaults to 'structured_light'.
        device (str): Where rays are cast, see :func:`render_depth`.

    Raises:
        ValueError: If the seed or index is negative, or the sensor or a view
            unknown.
    """
    check_sample_arguments(seed, index, sensor)
    check_views(views)
    person = make_person(
        stage_rng(seed, index, 'pose'),
        stage_rng(seed, index, 'body'),
        sample_phenotype(stage_rng(seed, itop_person(index), 'person')),
    )
    cameras = dict(
        side=_front_camera(stage_rng(seed, index, 'camera'), person),
        top=_top_camera(stage_rng(seed, index, 'top_camera'), person),
    )

    rng = stage_rng(seed, index, 'room')
    # The walls reach above both cameras.
    front, top = (cameras[name].position for name in ITOP_VIEWS)
    meshes = [
        person.mesh,
        sample_room(rng, person.low, person.high, np.array([*front[:2], max(front[2], top[2])])),
    ]
    if person.sits:
        meshes.append(person.seat(rng))
    sensor_rngs = dict(
        side=stage_rng(seed, index, 'sensor'), top=stage_rng(seed, index, 'top_sensor')
    )
    joints = itop_joints(person.body) + person.rise
    return {
        name: _record(
            sensor_rngs[name],
            render_view(meshes, person.hairy, cameras[name], ITOP_CAMERA, device),
            world_to_camera(joints, cameras[name]),
            sensor,
        )
        for name in views
    }


def check_views(views: Sequence[str]) -> None:
    """Refuse views that ITOP does not have, doubles, and none at all."""
    if not views or not set(views) <= set(ITOP_VIEWS) or len(set(views)) < len(views):
        raise ValueError(f'views: choose from {ITOP_VIEWS}, each once, got {tuple(views)}')


def itop_person(index: int) -> int:
    """The number of the person of a sample: 0-19 in test, 20-99 in train."""
    split, row = split_and_row(index)
    persons = PERSONS[split]
    return persons[row // FRAMES_IN_A_ROW % len(persons)]


def itop_frame_id(index: int) -> bytes:
    """ITOP's name of a frame, person and frame number: ``b'20_00000'``."""
    split, row = split_and_row(index)
    turn = row // (FRAMES_IN_A_ROW * len(PERSONS[split]))
    frame = turn * FRAMES_IN_A_ROW + row % FRAMES_IN_A_ROW
    return frame_id(itop_person(index), frame)


def _front_camera(rng: np.random.Generator, person: Person) -> CameraPose:
    """A level camera at about 1.3 m, as ITOP's, or one somewhat higher."""
    camera = sample_camera(
        rng,
        ITOP_CAMERA,
        person.low,
        person.high,
        heights_m=((1.1, 1.5), (1.3, 2.2)),
        levelled_deg=9.0,
    )
    return _stray(rng, camera, 0.45, 0.8)


def _top_camera(rng: np.random.Generator, person: Person) -> CameraPose:
    return _stray(rng, sample_top_camera(rng, person.low, person.high), 0.5, 0.8)


def _stray(rng: np.random.Generator, camera: CameraPose, least: float, most: float) -> CameraPose:
    """Sometimes turn a camera aside, by an angle in radians."""
    turn = rng.choice((-1, 1)) * rng.uniform(least, most)
    if rng.random() >= _ASTRAY:
        return camera
    return camera._replace(rotation=about_y(turn) @ camera.rotation)


def _record(
    rng: np.random.Generator, view: View, joints_cam_m: np.ndarray, sensor: str
) -> ITOPView:
    """What the files hold of a view."""
    depth_m = measure(rng, view, choose_sensor(rng, sensor), ITOP_CAMERA)
    uv = project(joints_cam_m, ITOP_CAMERA)
    inside = joints_inside(uv, ITOP_CAMERA.width, ITOP_CAMERA.height)
    return ITOPView(
        depth_m,
        uv,
        joints_cam_m,
        joints_visible(uv, joints_cam_m[:, 2], view.rendering.depth_m),
        bool(inside.mean() >= _VALID_SHARE),
        nearest_joint(view, joints_cam_m),
    )


def nearest_joint(view: View, joints_cam_m: np.ndarray) -> np.ndarray:
    """Body parts (H, W) int8: the joint nearest to each pixel of the person.

    Args:
        view (View): What the camera sees.
        joints_cam_m (np.ndarray): (K, 3), camera frame, metres.
    """
    part = np.full(view.body_mask.shape, BACKGROUND_PART, np.int8)
    v, u = np.nonzero(view.body_mask)
    points = unproject(np.stack([u, v], axis=1), view.rendering.depth_m[v, u], ITOP_CAMERA)
    # |p - j|^2 without |p|^2, which does not change the nearest.
    scores = (joints_cam_m**2).sum(axis=1) - 2 * points @ joints_cam_m.T
    part[v, u] = scores.argmin(axis=1)
    return part
