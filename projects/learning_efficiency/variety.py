"""Say how varied the frames of a study are: its people, and their poses.

Example:
    python projects/learning_efficiency/variety.py --out work_dirs/study
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from learning_study.round_sampler import subset_indices
from learning_study.settings import Settings
from learning_study.study_folder import StudyFolder
from run import add_choice, chosen_runs, end_with_a_message
from tabulate import tabulate

from mmpose_cmb.command_line import tool_parser
from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS

ROOT, RIGHT, LEFT = map(K2HPD_JOINTS.index, ('spine_base', 'right_shoulder', 'left_shoulder'))


def nearest_pose_m(train_m: np.ndarray, test_m: np.ndarray) -> np.ndarray:
    """Mean distance of a test person's joints to those of the training pose nearest to it.

    Args:
        train_m (np.ndarray): [N, 19, 3], metres in the camera's frame.
        test_m (np.ndarray): [M, 19, 3].

    Returns:
        np.ndarray: [M], metres, with the bases of the spines on each other.
    """
    train_m, test_m = (joints - joints[:, ROOT, None] for joints in (train_m, test_m))
    return np.array([np.linalg.norm(train_m - pose, axis=-1).mean(-1).min() for pose in test_m])


def faces_the_camera(joints_m: np.ndarray) -> np.ndarray:
    """Whose shoulders are turned by less than 45 degrees: [N, 19, 3] to [N] booleans."""
    to_left = joints_m[:, LEFT] - joints_m[:, RIGHT]
    return to_left[:, 0] > np.abs(to_left[:, 2])


def row(joints: dict, settings: Settings, fraction: int, seed: int) -> list:
    """What a run of a study learns from."""
    draw = [settings.data_seed] + [seed] * settings.resample_subsets
    chosen = subset_indices(settings.train_frames, fraction, draw)
    train_m = joints['train_keypoints_cam_m'][chosen]
    sensors = joints['train_sensor'][chosen] == 'time_of_flight'
    near_m = nearest_pose_m(train_m, joints['test_keypoints_cam_m'])
    shares = [100 * which.mean() for which in (faces_the_camera(train_m), sensors)]
    return [f'{fraction} %', seed, len(chosen), *shares, 100 * np.median(near_m)]


def main(argv=None) -> int:
    parser = tool_parser(__doc__)
    add_choice(parser)
    args: argparse.Namespace = parser.parse_args(argv)
    folder = StudyFolder(args.out.resolve())
    with end_with_a_message():
        study = folder.study()
        joints = np.load(Path(study.data) / 'joints_3d.npz')
        subsets = sorted({(run.fraction, run.seed) for run in chosen_runs(folder, args)})
        rows = [row(joints, study.settings, *subset) for subset in subsets]
    head = ['frames', 'seed', 'people', 'facing, %', 'time of flight, %', 'nearest pose, cm']
    print(tabulate(rows, head, tablefmt='github', floatfmt='.1f'))
    return 0


if __name__ == '__main__':
    sys.exit(main())
