"""Write a recording of a synthetic person in motion, with the true joints.

The person passes from one random pose to the next and rests in each, before
ITOP's camera; in the second half of the recording with a walk from side to
side. With --counter something stands before the person, 4 m wide. Each frame has
the noise of a structured-light sensor, drawn anew.
Beside the folder lies ``FOLDER_joints.npz``: ``keypoints_uv`` [N, 15, 2] in
pixels, ``keypoints_cam`` [N, 15, 3] in metres, ``visible`` [N, 15].

Example:
    python projects/live_motion/make_motion.py motion --seconds 12
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_overwrite, run, tool_parser

# isort: split
import os.path as osp
from typing import Optional

import numpy as np

from mmpose_cmb.camera import ITOP_CAMERA, project
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.io import write_npz
from mmpose_cmb.live import Recorder
from mmpose_cmb.synthesis.body import load_body_model, sample_phenotype
from mmpose_cmb.synthesis.camera import sample_camera, world_to_camera
from mmpose_cmb.synthesis.clothing import dress
from mmpose_cmb.synthesis.joints import itop_joints
from mmpose_cmb.synthesis.pose import sample_pose
from mmpose_cmb.synthesis.room import sample_room
from mmpose_cmb.synthesis.shapes import box
from mmpose_cmb.synthesis.skeleton import arms_are_free, bone_rotations
from mmpose_cmb.synthesis.view import joints_visible, measure, render_view

FPS = 30.0
PASSING_S, RESTING_S = 0.8, 0.4
WALK_M, WALK_PERIOD_S = 0.5, 6.0
MOST_YAW_DEG = 50
COUNTER_BEFORE_M = 0.3


def key_poses(rng: np.random.Generator, number: int) -> list:
    """Poses that stand and look to the camera, angles in degrees."""
    rest = load_body_model().rest
    poses = []
    while len(poses) < number:
        angles, legs = sample_pose(rng, lambda drawn: arms_are_free(drawn, rest))
        if legs != 'sit' and abs(angles['pelvis_yaw']) < MOST_YAW_DEG:
            poses.append(angles)
    return poses


def pose_at(poses: list, time_s: float) -> dict:
    """The pose at a time: resting in one, or on the way to the next."""
    number, spent_s = divmod(time_s, PASSING_S + RESTING_S)
    share = np.clip((spent_s - RESTING_S) / PASSING_S, 0, 1)
    share = (1 - np.cos(np.pi * share)) / 2
    first, second = poses[int(number)], poses[int(number) + 1]
    return {name: (1 - share) * first[name] + share * second[name] for name in first}


def main() -> None:
    parser = tool_parser(__doc__)
    parser.add_argument('folder')
    parser.add_argument('--seconds', type=float, default=12.0)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--counter', type=float, metavar='HEIGHT_M', help='hides what of the person is lower'
    )
    add_overwrite(parser)
    args = parser.parse_args()

    rng = np.random.default_rng((args.seed, 0))
    model = load_body_model()
    phenotype = sample_phenotype(rng)
    poses = key_poses(rng, int(args.seconds / (PASSING_S + RESTING_S)) + 2)
    sensor_rng = np.random.default_rng((args.seed, 1))
    scene, truth = None, []
    with Recorder(args.folder, FPS) as recorder:
        for index in range(int(args.seconds * FPS)):
            time_s = index / FPS
            body = model.pose(phenotype, bone_rotations(pose_at(poses, time_s), model.rest))
            # The same clothes in every frame.
            dressed = dress(
                np.random.default_rng((args.seed, 2)), body, model.faces, model.vertex_bones
            )
            walked_s = max(time_s - args.seconds / 2, 0)
            shift = np.array(
                [
                    WALK_M * np.sin(2 * np.pi * walked_s / WALK_PERIOD_S),
                    0,
                    -dressed.vertices[:, 2].min(),
                ]
            )
            vertices = dressed.vertices + shift
            if scene is None:
                scene = make_scene(args.seed, vertices, args.counter)
            camera, things = scene
            view = render_view(
                [(vertices, model.faces), *things],
                dressed.hair[model.faces].all(axis=1),
                camera,
                ITOP_CAMERA,
                'cpu',
            )
            depth_m = measure(sensor_rng, view, 'structured_light', ITOP_CAMERA)
            joints_m = world_to_camera(itop_joints(body) + shift, camera)
            uv = project(joints_m, ITOP_CAMERA)
            truth.append(
                (uv, joints_m, joints_visible(uv, joints_m[:, 2], view.rendering.depth_m))
            )
            recorder.write(DepthFrame(depth_m, ITOP_CAMERA), time_s)
    write_npz(
        f'{osp.normpath(args.folder)}_joints.npz',
        **{
            name: np.stack(values)
            for name, values in zip(('keypoints_uv', 'keypoints_cam', 'visible'), zip(*truth))
        },
    )
    print(f'{len(truth)} frames: {args.folder}')


def make_scene(seed: int, vertices: np.ndarray, counter_m: Optional[float]) -> tuple:
    """Camera, and room and things around somebody's place and walk."""
    reach = np.array([WALK_M, 0, 0])
    low, high = vertices.min(axis=0) - reach, vertices.max(axis=0) + reach
    rng = np.random.default_rng((seed, 3))
    camera = sample_camera(rng, ITOP_CAMERA, low, high, ((1.1, 1.5),) * 2, 9.0)
    things = [sample_room(rng, low, high, camera.position)]
    if counter_m is not None:
        y = low[1] - COUNTER_BEFORE_M
        things.append(box((-2, y - 0.3, 0), (2, y, counter_m)))
    return camera, things


if __name__ == '__main__':
    run(main)
