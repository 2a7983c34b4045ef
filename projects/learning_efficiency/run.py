"""Train variants x data fractions x seeds and report what was found.

The same command goes on where it was stopped. README.md explains all options.

Example:
    python projects/learning_efficiency/run.py --scale cpu \\
        --out work_dirs/learning_efficiency
"""

import argparse
import shlex
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from learning_study.data_set import provide_study_data
from learning_study.plan import REGULARISATIONS, make_runs
from learning_study.report import write_report
from learning_study.settings import SCALES, add_options, chosen_settings
from learning_study.study_folder import FINISHED, Study, StudyFolder
from learning_study.variants import find_variants
from learning_study.workers import do_runs

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.command_line import (
    INTERRUPTED,
    MISTAKE,
    OverridesAction,
    positive_int,
    tool_parser,
)

VARIANTS = ('without_cmb', 'with_convs', 'cmb', 'simple_baseline_resnet50')


def parse_args(argv=None) -> argparse.Namespace:
    parser = tool_parser(__doc__)
    add_choice(parser)
    add = parser.add_argument
    add(
        '--scale', choices=SCALES, default='cpu', help='preset of the sizes (default: %(default)s)'
    )
    add(
        '--motions',
        nargs='+',
        metavar='NAME',
        default=[],
        help='variants of your own that learn from motions',
    )
    add(
        '--regularisations',
        nargs='+',
        choices=REGULARISATIONS,
        default=['none'],
        help='each is a run of its own (default: none)',
    )
    add(
        '--learning-rates',
        nargs='+',
        action=OverridesAction,
        default={},
        metavar='NAME=RATE',
        help='of variants for which --learning-rate is not the best',
    )
    add('--data', type=Path, help='folder of the frames (default: OUT/data)')
    add('--jobs', type=positive_int, default=1, metavar='N', help='runs at a time (default: 1)')
    add('--real-frames', metavar='NPZ', help='real frames to test on, too')
    add('--data-only', action='store_true', help='make the frames and stop')
    add('--report-only', action='store_true', help='report what is finished and stop')
    add_options(parser.add_argument_group("sizes; each replaces the preset's figure"))
    return parser.parse_args(argv)


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Options that name a study and some of its runs."""
    add = parser.add_argument
    add(
        '--out',
        type=Path,
        default=Path('work_dirs/learning_efficiency'),
        help='folder of the study (default: %(default)s)',
    )
    add(
        '--variants',
        nargs='+',
        metavar='NAME',
        help='in configs/ablations, configs/mmpose_networks or configs, or '
        f'NAME=PATH (default: {" ".join(VARIANTS)})',
    )
    add('--fractions', nargs='+', type=int, metavar='PERCENT', help='of the training frames')
    add('--seeds', nargs='+', type=int, metavar='SEED')


@contextmanager
def end_with_a_message() -> Iterator[None]:
    """Mistakes and interruptions are said in one line, as all tools do."""
    # Slurm's way to end a job is a person's Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (ValueError, OSError, ImportError) as error:
        print(f'error: {error}', file=sys.stderr)
        raise SystemExit(MISTAKE) from None
    except KeyboardInterrupt:
        print('\ninterrupted; the same command goes on', file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None


def run_study(args: argparse.Namespace, folder: StudyFolder) -> None:
    """Do this command's runs."""
    scale = SCALES[args.scale]
    settings = chosen_settings(args.scale, vars(args))
    variants = find_variants(args.variants or VARIANTS, args.motions, args.learning_rates)
    seeds = range(scale.num_seeds) if args.seeds is None else args.seeds
    runs = make_runs(variants, args.fractions or scale.fractions, seeds, args.regularisations)
    if args.real_frames and not Path(args.real_frames).is_file():
        raise FileNotFoundError(f'{args.real_frames} does not exist')
    data = (args.data or folder.root / 'data').resolve()
    command = shlex.join(['python', *sys.argv])
    folder.begin(Study(settings, str(data), variants, [command]), runs)
    for motions in sorted({variant.motions for variant in variants.values()}):
        provide_study_data(data, settings, motions)
    if not args.data_only:
        do_runs(folder, runs, args.jobs, args.real_frames)


def chosen_runs(folder: StudyFolder, args: argparse.Namespace) -> list:
    """The runs of a study, or those of them that options name."""
    folder.study()
    names = args.variants and [v.partition('=')[0] for v in args.variants]
    runs = [
        run
        for run in folder.states()
        if (not names or run.variant in names)
        and (not args.fractions or run.fraction in args.fractions)
        and (args.seeds is None or run.seed in args.seeds)
    ]
    if not runs:
        raise ValueError(f'{folder.root} has no run of this choice')
    return runs


def main(argv=None) -> int:
    args = parse_args(argv)
    folder = StudyFolder(args.out.resolve())
    with end_with_a_message():
        if not args.report_only:
            run_study(args, folder)
        if args.data_only:
            return 0
        states = folder.states()
        if args.report_only:
            states = {run: states[run] for run in chosen_runs(folder, args)}
        write_report(folder, states)
    finished = list(states.values()).count(FINISHED)
    print(
        f'{finished} of {len(states)} runs are finished\n'
        f'report: {folder.root / "report.html"}\n'
        f'figures: {folder.runs.path}'
    )
    return 1 if 'failed' in states.values() else 0


if __name__ == '__main__':
    sys.exit(main())
