"""Runs the tools for hours and looks whether anything grows: make soak.

playback: tools/live.py plays a recording in a loop, with the networks that
come with the package. training: tools/train.py trains a small network, with
workers, validation and checkpoints. Prints a line a minute; the first quarter
counts as warming up, and the last is compared with the second.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Sequence

from mmpose_cmb.camera import KINECT_V2_HALF
from mmpose_cmb.command_line import (
    DONE,
    SOME_UNUSABLE,
    positive_float,
    positive_int,
    run,
    tool_parser,
)

from .small_training import ENVIRONMENT, TOOLS, synthesize, write_small_config

FPS = 10
# What may be more, or slower, in the last quarter than in the second. Two
# sensible processors differ by the work beside them.
MAX_MEMORY_MIB, MAX_MEMORY_SHARE = 4.0, 0.02
MAX_TIME_SHARE = 0.3
TICKS_PER_S = os.sysconf('SC_CLK_TCK')


class Sample(NamedTuple):
    """A process at one moment.

    Attributes:
        time_s (float): Since it was first looked at.
        done (int): Frames or iterations so far.
        cpu_s (float): Processor time so far.
        memory_mib (float): Its own memory, without mapped files.
        handles (int): Open files, sockets, pipes.
        threads (int): Its threads.
    """

    time_s: float
    done: int
    cpu_s: float
    memory_mib: float
    handles: int
    threads: int


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__, prog='python -m tests.torture.soak')
    parser.add_argument('what', choices=('playback', 'training'))
    parser.add_argument(
        '--frames', type=positive_int, default=72000, help='of 10 a second (default: two hours)'
    )
    parser.add_argument('--speed', type=positive_float, default=1.0, help='of the recording')
    parser.add_argument('--iterations', type=positive_int, default=20000)
    parser.add_argument('--every', type=positive_float, default=60.0, metavar='SECONDS')
    return parser.parse_args()


def watch(command: Sequence[str], progress: Callable[[], int], every_s: float) -> Iterator[Sample]:
    """Run a command and look at it from outside until it ends.

    Args:
        command (Sequence[str]): Its words.
        progress (callable): What it has done so far.
        every_s (float): Time between two looks.

    Raises:
        RuntimeError: If it fails, with the end of what it said.
    """
    with tempfile.TemporaryFile('w+') as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=ENVIRONMENT)
        begin = time.monotonic()
        try:
            while True:
                try:
                    process.wait(every_s)
                    break
                except subprocess.TimeoutExpired:
                    pass
                # It may have ended just now.
                with suppress(KeyError, OSError):
                    yield look(process.pid, time.monotonic() - begin, progress())
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            said.seek(0)
            tail = ' | '.join(deque((line.strip() for line in said), 5))
            raise RuntimeError(f'{command[1]} ended with {process.returncode}: {tail}')


def look(pid: int, time_s: float, done: int) -> Sample:
    """A process as /proc shows it."""
    folder = Path(f'/proc/{pid}')
    words = (folder / 'stat').read_text().rpartition(')')[2].split()
    status = dict(line.split(':', 1) for line in (folder / 'status').read_text().splitlines())
    kib = sum(int(status[name].split()[0]) for name in ('RssAnon', 'RssShmem'))
    cpu_s = (int(words[11]) + int(words[12])) / TICKS_PER_S
    handles = len(list((folder / 'fd').iterdir()))
    return Sample(time_s, done, cpu_s, kib / 1024, handles, int(status['Threads']))


def growth(samples: Sequence[Sample]) -> List[str]:
    """What has grown between the second and the last quarter, a sentence each."""
    quarter = len(samples) // 4
    if quarter < 2:
        return [f'{len(samples)} looks are too few to judge by']
    early, late = samples[quarter : 2 * quarter], samples[-quarter:]
    found = []
    for name in ('memory_mib', 'handles', 'threads'):
        first, last = (statistics.median(getattr(s, name) for s in part) for part in (early, late))
        allowed = 0.0
        if name == 'memory_mib':
            allowed = max(MAX_MEMORY_MIB, MAX_MEMORY_SHARE * first)
        if last > first + allowed:
            found.append(f'{name} {first:g} -> {last:g}')
    first, last = map(ms_each, (early, late))
    # Written so that NaN, where nothing was done, counts, too.
    if not last <= first * (1 + MAX_TIME_SHARE):
        found.append(f'processor time {first:.2f} -> {last:.2f} ms each')
    return found


def ms_each(samples: Sequence[Sample]) -> float:
    """Processor time of a frame or iteration, milliseconds."""
    done = samples[-1].done - samples[0].done
    spent_s = samples[-1].cpu_s - samples[0].cpu_s
    return 1000 * spent_s / done if done else float('nan')


def table(samples: Sequence[Sample], rows: int = 12) -> Iterator[str]:
    """Lines of a Markdown table: some looks, and each part's speed."""
    yield '| minute | done | a second | processor ms each | memory MiB | handles | threads |'
    yield '|---' * 7 + '|'
    step = max(1, (len(samples) - 1) // rows)
    kept = samples[::step]
    for before, now in zip(kept, kept[1:]):
        rate = (now.done - before.done) / (now.time_s - before.time_s)
        cells = [
            f'{now.time_s / 60:.1f}',
            now.done,
            f'{rate:.1f}',
            f'{ms_each([before, now]):.1f}',
        ]
        cells += [f'{now.memory_mib:.1f}', now.handles, now.threads]
        yield '| ' + ' | '.join(map(str, cells)) + ' |'


class Lines:
    """Counts the whole lines of a file that grows.

    Args:
        folder (Path): Where the file will be.
        name (str): Its pattern there.
        word (bytes): What a line has that counts.
    """

    def __init__(self, folder: Path, name: str, word: bytes) -> None:
        self.folder, self.name, self.word = folder, name, word
        self._count = self._read = 0

    def __call__(self) -> int:
        for path in self.folder.glob(self.name):
            with open(path, 'rb') as file:
                file.seek(self._read)
                for line in file:
                    if line.endswith(b'\n'):
                        self._read += len(line)
                        self._count += self.word in line
        return self._count


def playback(folder: Path, args: argparse.Namespace) -> Iterator[Sample]:
    """Play frames of people who move, eight of a motion."""
    root = folder / 'set'
    synthesize(root, '--sequence-length', 8)
    lines = folder / 'joints.jsonl'
    options = f'--no-window --loop --fps {FPS} --speed {args.speed} --threads 1 --unit-m 0.001'
    command = [sys.executable, str(TOOLS / 'live.py'), str(root / 'depth_data' / 'depth_mm')]
    command += [*options.split(), '--max-frames', str(args.frames), '--jsonl', str(lines)]
    command += ['--intrinsics', *map(str, KINECT_V2_HALF[:4])]
    return watch(command, Lines(folder, 'joints.jsonl.part', b'"frame"'), args.every)


def training(folder: Path, args: argparse.Namespace) -> Iterator[Sample]:
    """Train with batches of 2: 16 iterations an epoch."""
    root, work = folder / 'set', folder / 'work'
    synthesize(root)
    epochs = -(-args.iterations // 16)
    config = write_small_config(
        folder / 'small.py',
        root,
        f'train_cfg = dict(max_epochs={epochs}, val_interval=50)\n'
        'train_dataloader["batch_size"] = 2\n'
        'default_hooks = dict(logger=dict(interval=16), checkpoint=dict(interval=10))\n'
        'param_scheduler = []\n',
    )
    command = [sys.executable, str(TOOLS / 'train.py'), str(config), '--work-dir', str(work)]

    logged = Lines(work, '*/vis_data/scalars.json', b'"loss"')
    return watch(command, lambda: 16 * logged(), args.every)


def main() -> int:
    args = parse_args()
    samples: List[Sample] = []
    with tempfile.TemporaryDirectory() as name:
        for sample in (playback if args.what == 'playback' else training)(Path(name), args):
            samples.append(sample)
            print(json.dumps(sample._asdict()), file=sys.stderr, flush=True)
    print('\n'.join(table(samples)))
    grown = growth(samples)
    print('\n'.join(grown) or 'nothing has grown')
    return SOME_UNUSABLE if grown else DONE


if __name__ == '__main__':
    run(main)
