"""Time this package's network beside MMPose's, in interleaved rounds.

All networks take one channel of depth at the same input size. In every round
each network runs once in each way, so that a machine whose speed drifts treats
them alike; the table shows medians over the rounds, and medians of ratios
within a round. Finished rounds are kept in DIR/rounds.csv: the same command
goes on where it was stopped.

Example:
    python tools/benchmark.py --size 192 256 --rounds 20
    python tools/benchmark.py --models cmb cpm --backends onnxruntime \\
        onnxruntime-folded --batch-size 16
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import (
    add_out_dir,
    add_overwrite,
    add_threads,
    positive_int,
    run,
    tool_parser,
)

# isort: split
import argparse
import platform
import time
from pathlib import Path

import torch
from tabulate import tabulate

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.benchmarking.backends import BACKENDS, can_run, prepare
from mmpose_cmb.benchmarking.networks import CONFIGS, fits
from mmpose_cmb.benchmarking.report import COMPARED, HEADER, comparisons, draw, table, write_csv
from mmpose_cmb.benchmarking.rounds import Cell, Rounds
from mmpose_cmb.io.kept_files import own_folder
from mmpose_cmb.io.whole_file import make_folder


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('--size', type=int, nargs='+', default=[192, 256], help='pixels')
    parser.add_argument('--models', nargs='+', choices=list(CONFIGS), default=list(CONFIGS))
    parser.add_argument(
        '--backends',
        nargs='+',
        choices=BACKENDS,
        default=[backend for backend in BACKENDS if not backend.startswith('openvino')],
    )
    parser.add_argument('--rounds', type=positive_int, default=10)
    parser.add_argument(
        '--batch-size', type=positive_int, default=8, help='crops, for the throughput'
    )
    add_threads(parser, 'PyTorch and ONNX Runtime')
    parser.add_argument(
        '--cpu-time',
        action='store_true',
        help='count the time that the processor works, not the time that\n'
        'passes: for a machine with other work, with --threads 1',
    )
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    add_out_dir(parser, 'work_dirs/benchmark')
    add_overwrite(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    out = Path(args.out_dir)
    if (out / 'rounds.csv').exists() or (out / 'rounds_cpu_time.csv').exists():
        own_folder(out)
    make_folder(out)
    runners, measured = {}, []
    for size in args.size:
        for name in args.models:
            if not fits(name, size):
                print(f'{name} does not take {size} px: left out there')
                continue
            for backend in args.backends:
                if not can_run(name, backend):
                    continue
                cell = Cell(size, name, backend, 1)
                print(f'preparing {name}, {backend}, {size} px', flush=True)
                of_cell, found = prepare(cell, args.batch_size, args.device, args.threads, out)
                runners.update(of_cell)
                measured.append(found)
    if not measured:
        raise ValueError('none of the models takes one of the sizes')

    if args.cpu_time:
        rounds = Rounds(out / 'rounds_cpu_time.csv', time.process_time)
    else:
        rounds = Rounds(out / 'rounds.csv')
    rounds.run(runners, args.rounds, lambda line: print(line, flush=True))

    rows = table(measured, rounds, args.batch_size)
    compared = comparisons(measured, rounds)
    threads = args.threads or torch.get_num_threads()
    title = (
        f'{describe(args.device)}, {threads} threads, medians of '
        f'{args.rounds} interleaved rounds, throughput in batches of '
        f'{args.batch_size}'
    )
    print(f'\n{title}\n')
    print(tabulate(rows, HEADER, disable_numparse=True))
    print()
    print(tabulate(compared, COMPARED, disable_numparse=True))
    for path in (
        write_csv(out / 'table.csv', HEADER, rows),
        write_csv(out / 'comparisons.csv', COMPARED, compared),
        draw(out / 'latency.png', measured, rounds, title),
    ):
        print(path)


def describe(device: str) -> str:
    """Name of the card or the processor."""
    if device.startswith('cuda'):
        return torch.cuda.get_device_name(device)
    try:
        with open('/proc/cpuinfo') as file:
            names = [line for line in file if line.startswith('model name')]
        return names[0].split(':', 1)[1].strip()
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


if __name__ == '__main__':
    run(main)
