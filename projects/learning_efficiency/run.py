"""Train variants x data fractions x seeds and report what was found.

The same command goes on where it was stopped. README.md explains all options.

Example:
    python projects/learning_efficiency/run.py --scale cpu \\
        --out work_dirs/learning_efficiency
"""
import argparse
import os
import signal
import sys
from pathlib import Path

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)

import torch
from mmengine.config import Config

from learning_study.costs import measure_costs
from learning_study.data_set import motion_data, provide_data
from learning_study.plan import find_configs, share_of
from learning_study.report import write_report
from learning_study.run_config import SEQUENCE_LENGTH, learns_from_motions
from learning_study.settings import SCALES, SCHEDULES, make_settings
from learning_study.study_folder import Asked, StudyFolder
from learning_study.summary import FINISHED, collect
from learning_study.workers import Workers

VARIANTS = ('without_cmb', 'with_convs', 'cmb', 'simple_baseline_resnet50')


def parse_args(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        '--out',
        type=Path,
        default=Path('work_dirs/learning_efficiency'),
        help='folder of the study (default: %(default)s)')
    parser.add_argument(
        '--scale',
        choices=sorted(SCALES),
        default='cpu',
        help='preset of the sizes below (default: cpu)')

    grid = parser.add_argument_group('what is run')
    grid.add_argument(
        '--variants',
        nargs='+',
        metavar='NAME',
        help='configs in configs/ablations, configs/peers or configs, or '
        f'NAME=PATH\n(default: {" ".join(VARIANTS)})')
    grid.add_argument(
        '--fractions', nargs='+', type=int, metavar='PERCENT',
        help='of the training frames')
    grid.add_argument('--seeds', nargs='+', type=int, metavar='SEED')
    grid.add_argument(
        '--learning-rates', nargs='+', type=parse_rate, default=[],
        metavar='NAME=RATE',
        help='of variants for which --learning-rate is not the best')

    sizes = parser.add_argument_group(
        'sizes; each replaces the preset\'s figure')
    sizes.add_argument('--input-px', type=int, help='side of the input')
    sizes.add_argument('--train-frames', type=int)
    sizes.add_argument('--test-frames', type=int)
    sizes.add_argument('--iterations', type=int, help='of a run')
    sizes.add_argument(
        '--evaluations', type=int, help='tests of a run, evenly spread')
    sizes.add_argument('--batch-size', type=int)
    sizes.add_argument(
        '--ratio-switch', type=int,
        help='iteration from which r is 3 (default: a third)')
    sizes.add_argument('--learning-rate', type=float)
    sizes.add_argument('--schedule', choices=SCHEDULES)
    sizes.add_argument(
        '--data-seed', type=int, help='of the frames and the subsets')
    sizes.add_argument(
        '--loader-workers', type=int, help='loading processes of a run')
    sizes.add_argument(
        '--same-epochs', action='store_true', default=None,
        help='fewer iterations for a smaller subset')
    sizes.add_argument(
        '--resample-subsets', action='store_true', default=None,
        help='other subsets for each seed')
    sizes.add_argument(
        '--bf16', action='store_true', default=None,
        help='train in bfloat16: faster on CPUs and GPUs that have it')

    work = parser.add_argument_group('how it is done')
    work.add_argument(
        '--data', type=Path, help='folder of the frames (default: OUT/data)')
    work.add_argument(
        '--jobs', type=int,
        help='runs at a time (default: one a GPU, or one)')
    work.add_argument(
        '--gpus', nargs='*', type=int, metavar='NUMBER',
        help='GPUs to use (default: all; none named: the CPU)')
    work.add_argument(
        '--shard', type=parse_shard, default=(1, 1), metavar='I/N',
        help='do the I-th of N shares of the runs')
    work.add_argument(
        '--real-frames', metavar='NPZ',
        help='test each run on real frames, too')
    work.add_argument(
        '--data-only', action='store_true', help='make the frames and stop')
    work.add_argument(
        '--report-only', action='store_true',
        help='report what is finished and stop')
    args = parser.parse_args(argv)
    if args.jobs is not None and args.jobs < 1:
        parser.error(f'--jobs must be at least 1, got {args.jobs}')
    return args


def parse_shard(text: str):
    """``I/N`` as two numbers."""
    try:
        number, of = map(int, text.split('/'))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'expected I/N, such as 1/4, got {text!r}')
    if not 1 <= number <= of:
        raise argparse.ArgumentTypeError(f'I/N needs 1 <= I <= N, got {text}')
    return number, of


def parse_rate(text: str):
    """``NAME=RATE`` as a name and a number."""
    name, _, rate = text.rpartition('=')
    try:
        if name and float(rate) > 0:
            return name, float(rate)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(
        f'expected NAME=RATE, such as cmb=0.002, got {text!r}')


def study_settings(args: argparse.Namespace):
    return make_settings(
        args.scale,
        input_px=args.input_px,
        train_frames=args.train_frames,
        test_frames=args.test_frames,
        iterations=args.iterations,
        evaluations=args.evaluations,
        batch_size=args.batch_size,
        ratio_switch=args.ratio_switch,
        learning_rate=args.learning_rate,
        schedule=args.schedule,
        data_seed=args.data_seed,
        loader_workers=args.loader_workers,
        same_epochs=args.same_epochs,
        resample_subsets=args.resample_subsets,
        bf16=args.bf16)


def asked_grid(args: argparse.Namespace) -> Asked:
    """What this command asks for; the preset's grid where it says nothing."""
    scale = SCALES[args.scale]
    fractions = args.fractions or scale.fractions
    for fraction in fractions:
        if not 1 <= fraction <= 100:
            raise ValueError('a fraction is a percentage between 1 and 100, '
                             f'got {fraction}')
    seeds = range(scale.num_seeds) if args.seeds is None else args.seeds
    if min(seeds) < 0:
        raise ValueError(f'seeds must not be negative, got {min(seeds)}')
    variants = find_configs(args.variants or VARIANTS)
    rates = dict(args.learning_rates)
    unknown = [name for name in rates if name not in variants]
    if unknown:
        raise ValueError(f'--learning-rates names {", ".join(unknown)}, which '
                         'is not among the variants of this command')
    return Asked(variants, sorted(set(fractions)), sorted(set(seeds)), rates)


def narrowed(asked: Asked, args: argparse.Namespace) -> Asked:
    """The part of a study's grid that a command names, for the report."""
    names = [
        text.partition('=')[0] for text in args.variants or asked.variants
    ]
    unknown = [name for name in names if name not in asked.variants]
    if unknown:
        raise ValueError(f'the study has no variant {", ".join(unknown)}; it '
                         f'has {", ".join(asked.variants)}')
    fractions = args.fractions or asked.fractions
    seeds = asked.seeds if args.seeds is None else args.seeds
    return asked._replace(
        variants={name: asked.variants[name]
                  for name in names},
        fractions=sorted(set(fractions)),
        seeds=sorted(set(seeds)))


def run_study(args: argparse.Namespace, folder: StudyFolder) -> None:
    settings, asked = study_settings(args), asked_grid(args)
    if args.real_frames and not Path(args.real_frames).is_file():
        raise FileNotFoundError(f'{args.real_frames} does not exist')
    gpus = range(torch.cuda.device_count()) if args.gpus is None else args.gpus
    unknown = [gpu for gpu in gpus if gpu >= torch.cuda.device_count()]
    if unknown:
        raise ValueError(f'there is no GPU {unknown[0]} here, only '
                         f'{torch.cuda.device_count()}')
    jobs = args.jobs or len(gpus) or 1
    data = (args.data or folder.default_data).resolve()
    folder.begin(settings, asked, data, ['python', *sys.argv])
    cores = os.cpu_count() or 1
    motions = {
        name: learns_from_motions(Config.fromfile(path))
        for name, path in asked.variants.items()
    }
    if not all(motions.values()):
        provide_data(data, settings, cores)
    if any(motions.values()):
        provide_data(motion_data(data), settings, cores, SEQUENCE_LENGTH)
    if args.data_only:
        return
    runs = share_of(asked.runs(), args.shard)
    Workers(folder, jobs, gpus, args.real_frames).do(runs)


def main(argv=None) -> int:
    args = parse_args(argv)
    folder = StudyFolder(args.out.resolve())
    try:
        if not args.report_only:
            run_study(args, folder)
            if args.data_only:
                return 0
        asked = folder.asked()
        study = collect(folder, narrowed(asked, args)
                        if args.report_only else asked)
        measured = {run.variant for run in study.results}
        if not any(state == 'running' for state in study.states.values()):
            measure_costs(
                folder, [name for name in study.variants if name in measured])
        write_report(folder, study)
    except (ValueError, OSError, ImportError) as error:
        sys.exit(f'error: {error}')
    except KeyboardInterrupt:
        sys.exit('\ninterrupted; the same command goes on from here')
    states = list(study.states.values())
    print(f'{states.count(FINISHED)} of {len(states)} runs are finished\n'
          f'report: {folder.report_file}\nfigures: {folder.csv_file}')
    return 1 if 'failed' in states else 0


if __name__ == '__main__':
    # Slurm's way to end a job is a person's Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
