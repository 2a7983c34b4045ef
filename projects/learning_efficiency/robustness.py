"""Test a study's networks on frames unlike those that they learned from.

Noise, holes, something before the person, boxes that are off, another camera:
README.md says what each condition is. What has been tested is kept; the same
command goes on where it was stopped.

Example:
    python projects/learning_efficiency/robustness.py \\
        --out work_dirs/learning_efficiency
"""
import argparse
import signal
import sys
from pathlib import Path
from typing import List, NamedTuple

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)

import torch
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope

from learning_study.data_set import is_complete
from learning_study.plan import Run
from learning_study.study_folder import StudyFolder
from learning_study.summary import write_rows
from learning_study.train_run import WEIGHTS
from mmpose_cmb.synthesis.whole_files import write_whole
from robustness_study.conditions import CONDITIONS
from robustness_study.page import make_page
from robustness_study.tester import Tester
from run import narrowed


def parse_args(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        '--out',
        type=Path,
        default=Path('work_dirs/learning_efficiency'),
        help='folder of the study (default: %(default)s)')
    parser.add_argument(
        '--baseline',
        default='without_cmb',
        metavar='NAME',
        help='variant that is subtracted from each other one\n'
        '(default: %(default)s)')
    parser.add_argument(
        '--data', type=Path,
        help='folder of the study\'s frames (default: where they were)')
    parser.add_argument(
        '--device', default='cpu', help='such as cuda (default: cpu)')

    tested = parser.add_argument_group(
        'what is tested now (default: everything that is finished); the '
        'tables hold\nwhat was tested before, too')
    tested.add_argument('--variants', nargs='+', metavar='NAME')
    tested.add_argument(
        '--fractions', nargs='+', type=int, metavar='PERCENT')
    tested.add_argument('--seeds', nargs='+', type=int, metavar='SEED')
    tested.add_argument(
        '--conditions', nargs='+', choices=CONDITIONS, default=[*CONDITIONS],
        metavar='CONDITION', help=' '.join(CONDITIONS))
    return parser.parse_args(argv)


class Chosen(NamedTuple):
    """The finished runs of a study.

    Attributes:
        all: Those that can be tested.
        now: Those of them that a command names.
    """
    all: List[Run]
    now: List[Run]


def choose_runs(folder: StudyFolder, args: argparse.Namespace) -> Chosen:
    """Find finished runs; say of which kinds some are left out.

    Raises:
        ValueError: If none of the runs that are named is finished.
    """
    asked = folder.asked()
    named = set(narrowed(asked, args).runs())
    # In the order of the tables.
    order = [
        Run(variant, fraction, seed) for variant in asked.variants
        for fraction in asked.fractions for seed in asked.seeds
    ]
    results = {run: folder.result(run) for run in order}
    finished = [run for run in order if results[run]]
    motions = {run.variant for run in finished if results[run]['motions']}
    if motions:
        print('left out, since they learn from motions and have other '
              f'frames: {", ".join(sorted(motions))}')
    usable = [run for run in finished if run.variant not in motions]
    for run in list(usable):
        if not (folder.run_dir(run) / WEIGHTS).is_file():
            print(f'left out, its {WEIGHTS} is missing: {run}')
            usable.remove(run)
    now = [run for run in usable if run in named]
    if not now:
        raise ValueError(f'{folder.root} has no finished run of this choice '
                         'that could be tested')
    return Chosen(usable, now)


def check_device(device: str) -> None:
    """Refuse a device that cannot be used."""
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        message = str(error).splitlines()[0]
        raise ValueError(f'the device {device!r} cannot be used: {message}')


def measure(args: argparse.Namespace, folder: StudyFolder) -> List[dict]:
    """Test what is to be tested; return the rows of all figures."""
    check_device(args.device)
    runs = choose_runs(folder, args)
    data = args.data or folder.data()
    if not is_complete(data, folder.settings()):
        raise FileNotFoundError(
            f'the study\'s frames are not in {data}: name their folder with '
            '--data, or make them again with run.py --data-only')
    tester = Tester(folder, data, args.device)
    tester.test(runs.now, args.conditions)
    return tester.kept.rows(runs.all)


def main(argv=None) -> int:
    args = parse_args(argv)
    folder = StudyFolder(args.out.resolve())
    init_default_scope('mmpose')
    # The metrics would print a table for every test.
    MMLogger.get_current_instance().setLevel('WARNING')
    try:
        rows = measure(args, folder)
        csv_file = folder.root / 'robustness.csv'
        page_file = folder.root / 'robustness.md'
        page = make_page(rows, args.baseline)
        write_rows(rows, csv_file)
        write_whole(page_file, page.encode())
    except (ValueError, OSError, ImportError) as error:
        sys.exit(f'error: {error}')
    except KeyboardInterrupt:
        sys.exit('\ninterrupted; the same command goes on from here')
    print(f'\n{page}\npage: {page_file}\nfigures: {csv_file}')
    return 0


if __name__ == '__main__':
    # Slurm's way to end a job is a person's Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
