"""Make a shipped network from nothing: frames, training, files.

The same command goes on where it was interrupted. A body network learns all joints
of synthetic rooms and is published twice: with ITOP's, and as NAME_kinect with
Kinect v2's.

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
        ships: Configs of what is published of the last part.
        start: The network that ships whose weights the first part begins with.
        after: The part of another training with whose weights it begins
            instead, where they are there.
        within_m: Its scores are made the probability that a joint lies within
            this distance, metres; None: they stay.
    """

    frames: Tuple[str, ...]
    parts: Tuple[str, ...]
    ships: Tuple[str, ...]
    start: Optional[str] = None
    after: Optional[str] = None
    within_m: Optional[float] = 0.1


ROOMS = ('--layout', 'rooms')
FRAMES = dict(
    rooms=Frames(ROOMS, 31, 14_000, 400),
    stereo_rooms=Frames((*ROOMS, '--sensor', 'active_stereo'), 37, 6_000, 200),
    ceilings=Frames((*ROOMS, '--views', 'top'), 33, 9_000, 300),
    hands=Frames(('--layout', 'hands'), 17, 14_000, 300),
)
NETWORKS = dict(
    body_front=Network(
        ('rooms', 'stereo_rooms'),
        ('body_front_start', 'body_front_joints'),
        ('body_front', 'body_front_kinect'),
    ),
    # The last layers of what ships have one set of the joints: all are learned sooner
    # from the training itself.
    body_top=Network(
        ('ceilings',),
        ('body_top_joints',),
        ('body_top', 'body_top_kinect'),
        start='body_front',
        after='body_front_joints',
    ),
    person_boxes=Network(
        ('rooms', 'stereo_rooms', 'ceilings'), ('person_boxes',), ('person_boxes',), within_m=None
    ),
    hand=Network(('hands',), ('hand_start', 'hand'), ('hand',), start='body_front', within_m=0.02),
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


def config_of(name: str) -> str:
    """Path of one of the project's configs."""
    return str(PROJECT / 'configs' / f'{name}.py')


def last_checkpoint(work_dir: Path) -> Optional[str]:
    """The last checkpoint that a part has written, if there is one."""
    last = work_dir / 'last_checkpoint'
    return last.read_text().strip() if last.exists() else None


def first_weights(network: Network, work_dirs: Path) -> Optional[str]:
    """The checkpoint with which a training begins; None: with nothing."""
    trained = last_checkpoint(work_dirs / network.after) if network.after else None
    return trained or (shipped_weights(network.start) if network.start else None)


def train(network: Network, folders: List[str], work_dirs: Path) -> str:
    """Train what is missing of all parts; returns the last checkpoint."""
    checkpoint = first_weights(network, work_dirs)
    for part in network.parts:
        work_dir = work_dirs / part
        # MMPose's --resume forgets what there is to begin with.
        run_script(
            TOOLS / 'train.py',
            config_of(part),
            '--work-dir',
            str(work_dir),
            *['--resume'] * bool(last_checkpoint(work_dir)),
            '--cfg-options',
            *data_options(folders),
            *[f'load_from={checkpoint}'] * bool(checkpoint),
        )
        checkpoint = last_checkpoint(work_dir)
    assert checkpoint is not None
    return checkpoint


def publish(name: str, network: Network, checkpoint: str, folder: str, out: str) -> None:
    """Make the files of one config that ships."""
    if network.within_m is not None:
        calibrated = str(Path(checkpoint).with_name(f'{name}_calibrated.pth'))
        run_script(
            PROJECT / 'calibrate.py',
            config_of(name),
            checkpoint,
            calibrated,
            '--data',
            folder,
            '--within-m',
            str(network.within_m),
        )
        checkpoint = calibrated
    run_script(PROJECT / 'publish.py', config_of(name), checkpoint, '--data', folder, '--out', out)


def main() -> None:
    args = parse_args()
    network = NETWORKS[args.network]
    folders = [f'{args.data}/{name}' for name in network.frames]
    for name, folder in zip(network.frames, folders):
        synthesize(FRAMES[name], folder, args)
    checkpoint = train(network, folders, Path(args.work_dirs))
    for name in network.ships:
        publish(name, network, checkpoint, folders[0], args.out)


if __name__ == '__main__':
    run(main, 'the same command goes on')
