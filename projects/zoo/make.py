"""Make a shipped network from nothing: frames, training, files.

The same command goes on where it was interrupted.

Examples:
    python projects/zoo/make.py body_front
    python projects/zoo/make.py person_boxes
"""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple, Tuple

from mmpose_cmb.command_line import run, tool_parser

PROJECT = Path(__file__).resolve().parent
TOOLS = PROJECT.parents[1] / 'tools'


class Network(NamedTuple):
    """How a network is made.

    Attributes:
        layout: Of the frames.
        seed: Of the frames.
        train: Frames to train on.
        test: Frames to test with.
        parts: Configs of the training's parts; each begins with the weights
            of the one before.
        calibrated: Whether its scores are made probabilities.
    """

    layout: str
    seed: int
    train: int
    test: int
    parts: Tuple[str, ...]
    calibrated: bool


NETWORKS = dict(
    body_front=Network('rooms', 11, 13_850, 400, ('body_front_start', 'body_front'), True),
    person_boxes=Network('rooms', 11, 13_850, 400, ('person_boxes',), False),
)


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('network', choices=sorted(NETWORKS))
    parser.add_argument('--data', help='folder of the frames')
    parser.add_argument('--frames', type=int, help='to train on')
    parser.add_argument('--work-dirs', default='work_dirs', help='of the training')
    parser.add_argument('--out', default='published', help='folder')
    parser.add_argument('--workers', type=int, default=2)
    return parser.parse_args()


def run_script(script: Path, *arguments: str) -> None:
    """Run a script, saying how.

    Raises:
        SystemExit: If it fails, with its status.
    """
    print(f'\npython {script} {" ".join(arguments)}', flush=True)
    result = subprocess.run([sys.executable, str(script), *arguments])
    if result.returncode:
        raise SystemExit(result.returncode)


def main() -> None:
    args = parse_args()
    network = NETWORKS[args.network]
    data = args.data or f'data/{network.layout}'
    run_script(
        TOOLS / 'synthesize.py',
        '--layout',
        network.layout,
        '--out-dir',
        data,
        '--seed',
        str(network.seed),
        '--train',
        str(args.frames or network.train),
        '--test',
        str(network.test),
        '--workers',
        str(args.workers),
    )
    checkpoint = None
    for part in network.parts:
        config = str(PROJECT / 'configs' / f'{part}.py')
        work_dir = Path(args.work_dirs) / part
        last = work_dir / 'last_checkpoint'
        options = [
            f'{split}_dataloader.dataset.data_root={data}' for split in ('train', 'val', 'test')
        ]
        if checkpoint:
            options.append(f'load_from={checkpoint}')
        # MMPose's --resume forgets what there is to begin with.
        run_script(
            TOOLS / 'train.py',
            config,
            '--work-dir',
            str(work_dir),
            *['--resume'] * last.exists(),
            '--cfg-options',
            *options,
        )
        checkpoint = last.read_text().strip()
    if network.calibrated:
        calibrated = str(work_dir / 'calibrated.pth')
        run_script(PROJECT / 'calibrate.py', config, checkpoint, calibrated, '--data', data)
        checkpoint = calibrated
    run_script(PROJECT / 'publish.py', config, checkpoint, '--data', data, '--out', args.out)


if __name__ == '__main__':
    run(main, 'the same command goes on')
