"""Make a shipped network from nothing: frames, training, files.

The same command goes on where it was interrupted. More frames or a longer
training of a finished network: larger --frames, or --cfg-options with more
iterations.

Example:
    python projects/zoo/make.py body_front
"""

import argparse
import subprocess
import sys
from pathlib import Path

from mmpose_cmb.command_line import run, tool_parser

PROJECT = Path(__file__).resolve().parent
TOOLS = PROJECT.parents[1] / 'tools'
# Network -> how its frames are made.
FRAMES = dict(body_front=dict(layout='rooms', seed=11, train=3000, test=200))


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('network', choices=sorted(FRAMES))
    parser.add_argument('--data', help='folder of the frames')
    parser.add_argument('--frames', type=int, help='to train on')
    parser.add_argument('--work-dir', help='of the training')
    parser.add_argument('--out', default='published', help='folder')
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--cfg-options', nargs='+', default=[], help='as in tools/train.py')
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
    frames = FRAMES[args.network]
    config = str(PROJECT / 'configs' / f'{args.network}.py')
    data = args.data or f'data/{frames["layout"]}'
    work_dir = args.work_dir or f'work_dirs/{args.network}'
    run_script(
        TOOLS / 'synthesize.py',
        '--layout',
        frames['layout'],
        '--out-dir',
        data,
        '--seed',
        str(frames['seed']),
        '--train',
        str(args.frames or frames['train']),
        '--test',
        str(frames['test']),
        '--workers',
        str(args.workers),
    )
    run_script(
        TOOLS / 'train.py',
        config,
        '--work-dir',
        work_dir,
        '--resume',
        '--cfg-options',
        *[f'{split}_dataloader.dataset.data_root={data}' for split in ('train', 'val', 'test')],
        *args.cfg_options,
    )
    checkpoint = (Path(work_dir) / 'last_checkpoint').read_text().strip()
    run_script(PROJECT / 'publish.py', config, checkpoint, '--data', data, '--out', args.out)


if __name__ == '__main__':
    run(main, 'the same command goes on')
