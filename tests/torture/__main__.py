"""Reads thousands of damaged files of each kind: make torture.

Prints a line for each kind of file, and each damaged file that did not end as
it should: how it was read is repeated with --only NAME --first SEED --number 1.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import cv2
import torch
from mmengine.logging import MMLogger

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.command_line import DONE, SOME_UNUSABLE, positive_int, run, tool_parser

from .readers import all_readers
from .trial import GOOD, table, try_reader

MAX_SHOWN = 5


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__, prog='python -m tests.torture')
    parser.add_argument(
        '--number', type=positive_int, default=1200, help='files of a kind (default: 1200)'
    )
    parser.add_argument('--first', type=int, default=0, help='seed of the first (default: 0)')
    parser.add_argument('--only', nargs='+', metavar='NAME', help='kinds of files')
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    MMLogger.get_current_instance().setLevel('ERROR')
    results = {}
    seeds = range(args.first, args.first + args.number)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for reader in all_readers(Path(folder)):
            if args.only and reader.name not in args.only:
                continue
            started = time.monotonic()
            trials = results[reader.name] = try_reader(reader, seeds)
            print(f'{reader.name}: {time.monotonic() - started:.0f} s', file=sys.stderr)
            wrong = [trial for trial in trials if trial.outcome not in GOOD]
            for trial in wrong[:MAX_SHOWN]:
                print(f'    {trial.outcome}, seed {trial.seed}: {trial.message[:300]}')
    print('\n'.join(table(results)))
    print(f'{time.monotonic() - begin:.0f} s')
    bad = any(trial.outcome not in GOOD for trials in results.values() for trial in trials)
    return SOME_UNUSABLE if bad else DONE


if __name__ == '__main__':
    run(main)
