"""The main job from end to end: use the network that ships; make another.

First the network that comes with the package finds everybody in a few frames of
synthetic rooms. Then one is made from nothing: synthesise, train, test, draw, use.
Each step is one of the commands that a person would type; it is printed, and
what it says on stdout goes to a log beside the results. About 8 minutes on
two idle CPU cores, the environment (make env) not included.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np

from mmpose_cmb.command_line import MISTAKE, run, tool_parser
from mmpose_cmb.depth.depth_io import read_depth
from mmpose_cmb.io.whole_file import make_folder
from mmpose_cmb.words import counted

REPOSITORY = Path(__file__).resolve().parents[1]
CONFIG = REPOSITORY / 'configs' / 'cmb_k2hpd_demo.py'
DEPLOY_CONFIG = REPOSITORY / 'configs' / 'deploy' / 'depth-pose_onnxruntime_static.py'
FRAMES_SHOWN = 20
ROOMS = 12


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('--config', default=str(CONFIG))
    parser.add_argument('--data', default='data/k2hpd_synthetic')
    parser.add_argument('--work-dir', default='work_dirs/demo')
    parser.add_argument('--train', type=int, default=1200, help='frames')
    parser.add_argument('--test', type=int, default=300, help='frames')
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--cfg-options', nargs='+', default=[], help='as in tools/train.py')
    return parser.parse_args()


class Steps:
    """Runs commands one after the other, each with a log of its own.

    Args:
        names (List[str]): Titles of the steps.
        log_dir (Path): Where the logs go.

    Attributes:
        seconds: What each step has taken, by its title.
    """

    def __init__(self, names: List[str], log_dir: Path) -> None:
        self.names = names
        self.log_dir = log_dir
        self.seconds: Dict[str, float] = {}

    def run(self, tool: str, *arguments: str) -> None:
        """Run a tool; progress bars stay visible, the rest is logged.

        Raises:
            SystemExit: If it fails, after the end of its output.
        """
        name = self.names[len(self.seconds)]
        log = self.log_dir / f'{len(self.seconds) + 1}_{Path(tool).stem}.log'
        path = REPOSITORY / 'tools' / tool
        # All that lies there is an earlier demo's.
        arguments = ('--overwrite', *arguments)
        print(
            f'\n[{len(self.seconds) + 1}/{len(self.names)}] {name}\n'
            f'    {command(path, *arguments)}',
            flush=True,
        )
        begin = time.monotonic()
        with open(log, 'w', encoding='utf-8') as file:
            result = subprocess.run([sys.executable, str(path), *arguments], stdout=file)
        self.seconds[name] = time.monotonic() - begin
        if result.returncode:
            tail = log.read_text(encoding='utf-8').splitlines()[-20:]
            print('\n'.join(tail))
            print(f'error: this step failed, see above and {log}', file=sys.stderr)
            raise SystemExit(result.returncode if result.returncode > 0 else MISTAKE)
        print(f'    {self.seconds[name]:.0f} s', flush=True)

    def times(self) -> str:
        """What each step has taken, and all of them."""
        rows = [f'    {seconds:6.0f} s  {name}' for name, seconds in self.seconds.items()]
        minutes = sum(self.seconds.values()) / 60
        return '\n'.join([f'Time {minutes:.1f} minutes, without `make env`', *rows])


def command(tool: Path, *arguments: str) -> str:
    """A command as a person would paste it into a shell, on one line."""
    return shlex.join([shown(sys.executable), shown(tool), *map(shown, arguments)])


def shown(argument: str) -> str:
    """An absolute path as it is called from here, where that is shorter."""
    text = str(argument)
    if os.path.isabs(text):
        return min(os.path.relpath(text), text, key=len)
    return text


def paper_table(metrics: Dict[str, float]) -> str:
    """The figures of tools/test.py --out as Tables 2 and 3 print them.

    Args:
        metrics (Dict[str, float]): Percent by key, as the metrics name them:
            ``PDJ@0.20``, ``PDJ@0.20/Head``.
    """
    # Loads MMPose: not before the first step is seen.
    from mmpose_cmb.evaluation.metrics.accuracy_table import accuracy_table

    totals = [key for key in metrics if key.count('/') == key.count('PDJ/average')]
    groups = [key.split('/', 1)[1] for key in metrics if key.startswith(f'{totals[0]}/')]
    rows = {group: {key: metrics[f'{key}/{group}'] for key in totals} for group in groups}
    return accuracy_table([rows, {'All joints': {key: metrics[key] for key in totals}}])


def surface_points(
    depth_m: np.ndarray, keypoints: np.ndarray, intrinsics: Sequence[float]
) -> np.ndarray:
    """The points of the visible surface at joints' pixels.

    Args:
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
        keypoints (np.ndarray): (x, y) in pixels, [K, 2].
        intrinsics (Sequence[float]): fx, fy, cx, cy in pixels.

    Returns:
        np.ndarray: Metres in the camera frame (x right, y down, z forward),
        [K, 3]; NaN at a hole and outside the image.
    """
    fx, fy, cx, cy = intrinsics
    height, width = depth_m.shape
    u, v = np.asarray(keypoints, dtype=np.float64).T
    column, row = np.rint(u).astype(int), np.rint(v).astype(int)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    z = depth_m[row.clip(0, height - 1), column.clip(0, width - 1)]
    z = np.where(inside & (z > 0), z, np.nan)
    return np.stack([(u - cx) / fx * z, (v - cy) / fy * z, z], axis=-1)


def joint_table(names: Sequence[str], points_m: np.ndarray, scores: Sequence[float]) -> str:
    """One line for each joint: metres, and the network's score."""
    rows = [f'    {"":<16}{"x":>8}{"y":>8}{"z":>8}{"score":>8}']
    for name, point, score in zip(names, points_m, scores):
        metres = ''.join(f'{value:8.2f}' if np.isfinite(value) else f'{"-":>8}' for value in point)
        rows.append(f'    {name:<16}{metres}{score:8.2f}')
    return '\n'.join(rows)


def joints_of_a_frame(
    results: Path, frame: Path, unit_m: float, intrinsics: Sequence[float]
) -> str:
    """What tools/infer.py found in one frame, in metres, with a heading.

    Args:
        results (Path): Its ``--out-dir``.
        frame (Path): The depth image.
        unit_m (float): Metres per stored unit.
        intrinsics (Sequence[float]): fx, fy, cx, cy in pixels.
    """
    found = results / 'predictions'
    persons = json.loads((found / f'{frame.stem}.json').read_text())
    summary = json.loads((found / 'summary.json').read_text())
    if not persons:
        return f'No joints to list: {summary["frames"][0]["problem"]}'
    person = persons[0]
    if 'keypoints_cam' in person:
        points_m = np.array(person['keypoints_cam'], dtype=np.float64)
        what = 'the joints themselves'
    else:
        points_m = surface_points(
            read_depth(str(frame), unit_m=unit_m), person['keypoints'], intrinsics
        )
        what = (
            'the visible surface at the joint, since this network finds '
            'pixels;\n"-" is a hole in the depth'
        )
    return (
        f'{shown(frame)}: {counted(len(persons), "person")}. Metres from '
        f'the camera, x right, y down,\nz forward: {what}.\n'
        + joint_table(summary['meta_info']['keypoints'], points_m, person['keypoint_scores'])
    )


def camera_of(data: Path) -> Tuple[List[float], float]:
    """Intrinsics (fx, fy, cx, cy) and metres per level of synthetic data."""
    made = json.loads((data / 'synthesis.json').read_text())
    return [made['intrinsics'][name] for name in ('fx', 'fy', 'cx', 'cy')], made['grey_unit_m']


def next_commands(
    config: str, checkpoint: str, data: Path, out: Path, first_test_frame: str, frames: int
) -> List[Tuple[str, str]]:
    """What to do with the network now: (what for, command)."""
    intrinsics, _ = camera_of(data)
    camera = ['--intrinsics', *(f'{value:g}' for value in intrinsics)]
    images = data / 'depth_data' / 'depth_images'
    tools = REPOSITORY / 'tools'
    return [
        (
            f'Skeletons in {counted(frames, "test frame")}, as pictures and '
            'JSON.\n# Name a recording of your own, and its camera, in their '
            'place',
            command(
                tools / 'infer.py',
                str(images),
                f'--frames=-{frames}:',
                *camera,
                '--config',
                config,
                '--checkpoint',
                checkpoint,
                # As the config draws them: after minutes of training many
                # heat maps are low.
                '--kpt-thr',
                '0',
                '--out-dir',
                str(out / 'inference'),
            ),
        ),
        (
            'One ONNX file that knows all it needs, beside it pictures of a trial',
            command(
                tools / 'deploy.py',
                str(DEPLOY_CONFIG),
                config,
                checkpoint,
                first_test_frame,
                *camera,
                '--work-dir',
                str(out / 'onnx'),
            ),
        ),
    ]


def main() -> None:
    args = parse_args()
    data, out = Path(args.data), Path(args.work_dir)
    make_folder(out)
    if any(out.iterdir()) and not list(out.glob('*synthesize.log')):
        raise ValueError(f'{out}: holds what is no demo; choose another --work-dir')
    frames = args.train + args.test
    options = [
        f'train_dataloader.dataset.data_root={args.data}',
        f'val_dataloader.dataset.data_root={args.data}',
        f'test_dataloader.dataset.data_root={args.data}',
        *args.cfg_options,
    ]
    steps = Steps(
        [
            f'synthesise {counted(ROOMS, "frame")} of rooms',
            'find everybody in them with the networks that come with the package',
            f"synthesise {counted(frames, 'depth frame')} in K2HPD's format",
            'train the CMB network',
            'test it on frames it has never seen',
            'draw predictions',
            'draw the learning curve',
            'find the joints in one frame',
        ],
        out,
    )

    rooms = str(out / 'rooms')
    steps.run(
        'synthesize.py',
        '--layout',
        'rooms',
        '--out-dir',
        rooms,
        '--seed',
        '5',
        '--train',
        '0',
        '--test',
        str(ROOMS),
        '--workers',
        str(args.workers),
    )
    steps.run('infer.py', str(out / 'rooms' / 'depth'), '--out-dir', str(out / 'shipped'))
    print(f'    look at {shown(str(out / "shipped" / "visualizations"))}')
    steps.run(
        'synthesize.py',
        '--layout',
        'k2hpd',
        '--out-dir',
        args.data,
        '--train',
        str(args.train),
        '--test',
        str(args.test),
        '--workers',
        str(args.workers),
    )
    steps.run('train.py', args.config, '--work-dir', args.work_dir, '--cfg-options', *options)
    checkpoint = shown((out / 'last_checkpoint').read_text().strip())
    steps.run(
        'test.py',
        args.config,
        checkpoint,
        '--work-dir',
        args.work_dir,
        '--out',
        str(out / 'metrics.json'),
        '--dump',
        str(out / 'predictions.json'),
        '--cfg-options',
        *options,
    )
    steps.run(
        'draw_predictions.py',
        args.config,
        str(out / 'predictions.json'),
        str(out / 'predictions.png'),
    )
    steps.run('draw_learning_curve.py', args.work_dir, '--out', str(out / 'learning_curve.png'))
    intrinsics, unit_m = camera_of(data)
    frame = first_test_frame(data)
    steps.run(
        'infer.py',
        str(frame),
        '--intrinsics',
        *(f'{value:g}' for value in intrinsics),
        '--config',
        args.config,
        '--checkpoint',
        checkpoint,
        '--out-dir',
        str(out / 'one_frame'),
    )

    metrics = json.loads((out / 'metrics.json').read_text())
    print(
        f'\nPercent of joints found in '
        f'{counted(args.test, "unseen synthetic frame")}\n'
        f'{paper_table(metrics)}\n'
    )
    print(joints_of_a_frame(out / 'one_frame', frame, unit_m, intrinsics))
    print(
        f'\nLook at  {out / "predictions.png"}\n'
        f'         {out / "learning_curve.png"}\n'
        f'Weights  {checkpoint}\n\n{steps.times()}\n\n'
        'Next, ready to paste:'
    )
    for purpose, line in next_commands(
        args.config, checkpoint, data, out, str(frame), min(args.test, FRAMES_SHOWN)
    ):
        print(f'# {purpose}\n{line}')


def first_test_frame(data: Path) -> Path:
    """The depth image that the first line of K2HPD's test file names."""
    with open(data / 'test_annos.txt', encoding='utf-8') as file:
        name = file.readline().split()[0]
    return data / 'depth_data' / 'depth_images' / name


if __name__ == '__main__':
    run(main, if_interrupted='the same command begins where it can')
