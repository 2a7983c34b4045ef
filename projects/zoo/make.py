"""Make a shipped network from nothing: frames, training, files.

The same command goes on where it was interrupted.

Examples:
    python projects/zoo/make.py body_front
    python projects/zoo/make.py body_top
    python projects/zoo/make.py person_boxes
    python projects/zoo/make.py hand
"""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

from mmpose_cmb.command_line import run, tool_parser
from mmpose_cmb.shipped import shipped_weights

PROJECT = Path(__file__).resolve().parent
TOOLS = PROJECT.parents[1] / 'tools'


class Frames(NamedTuple):
    """Synthetic frames.

    Attributes:
        options: Of tools/synthesize.py: the layout, and how it is seen.
        seed: Of the data set.
        train: Frames to train on.
        test: Frames to test with.
    """

    options: Tuple[str, ...]
    seed: int
    train: int
    test: int


class Network(NamedTuple):
    """How a network is made.

    Attributes:
        frames: Names of ``FRAMES``: the folders in the order of the config's.
        parts: Configs of the training's parts; each begins with the weights
            of the one before.
        start: The network that ships whose weights the first part begins with.
        within_m: Its scores are made the probability that a joint lies within
            this distance, metres; None: they stay.
    """

    frames: Tuple[str, ...]
    parts: Tuple[str, ...]
    start: Optional[str] = None
    within_m: Optional[float] = 0.1


ROOMS = ('--layout', 'rooms')
FRAMES = dict(
    rooms=Frames(ROOMS, 31, 14_000, 400),
    stereo_rooms=Frames((*ROOMS, '--sensor', 'active_stereo'), 37, 6_000, 200),
    ceilings=Frames((*ROOMS, '--views', 'top'), 33, 9_000, 300),
    hands=Frames(('--layout', 'hands'), 17, 14_000, 300),
)
NETWORKS = dict(
    body_front=Network(('rooms', 'stereo_rooms'), ('body_front_start', 'body_front')),
    body_top=Network(('ceilings',), ('body_top',), 'body_front'),
    person_boxes=Network(('rooms', 'ceilings'), ('person_boxes',), within_m=None),
    hand=Network(('hands',), ('hand_start', 'hand'), 'body_front', within_m=0.02),
)


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('network', choices=sorted(NETWORKS))
    parser.add_argument('--data', default='data', help='folder of the folders of frames')
    parser.add_argument('--frames', type=int, help='to train on, of each folder')
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


def synthesize(frames: Frames, folder: str, args: Namespace) -> None:
    """Make what is missing of a folder of frames."""
    run_script(
        TOOLS / 'synthesize.py',
        *frames.options,
        '--out-dir',
        folder,
        '--seed',
        str(frames.seed),
        '--train',
        str(args.frames or frames.train),
        '--test',
        str(frames.test),
        '--workers',
        str(args.workers),
    )


def data_options(folders: List[str]) -> List[str]:
    """What tells a config where its frames lie; it is tested on the first folder."""
    options = [f'{split}_dataloader.dataset.data_root={folders[0]}' for split in ('val', 'test')]
    if len(folders) == 1:
        return [*options, f'train_dataloader.dataset.data_root={folders[0]}']
    return [
        *options,
        *(
            f'train_dataloader.dataset.datasets.{i}.data_root={folder}'
            for i, folder in enumerate(folders)
        ),
    ]


def main() -> None:
    args = parse_args()
    network = NETWORKS[args.network]
    folders = [f'{args.data}/{name}' for name in network.frames]
    for name, folder in zip(network.frames, folders):
        synthesize(FRAMES[name], folder, args)
    checkpoint = shipped_weights(network.start) if network.start else None
    for part in network.parts:
        config = str(PROJECT / 'configs' / f'{part}.py')
        work_dir = Path(args.work_dirs) / part
        last = work_dir / 'last_checkpoint'
        # MMPose's --resume forgets what there is to begin with.
        run_script(
            TOOLS / 'train.py',
            config,
            '--work-dir',
            str(work_dir),
            *['--resume'] * last.exists(),
            '--cfg-options',
            *data_options(folders),
            *[f'load_from={checkpoint}'] * bool(checkpoint),
        )
        checkpoint = last.read_text().strip()
    if network.within_m is not None:
        calibrated = str(work_dir / 'calibrated.pth')
        run_script(
            PROJECT / 'calibrate.py',
            config,
            checkpoint,
            calibrated,
            '--data',
            folders[0],
            '--within-m',
            str(network.within_m),
        )
        checkpoint = calibrated
    run_script(PROJECT / 'publish.py', config, checkpoint, '--data', folders[0], '--out', args.out)


if __name__ == '__main__':
    run(main, 'the same command goes on')
