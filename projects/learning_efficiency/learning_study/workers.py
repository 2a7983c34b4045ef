"""Spreads runs over processes, one process a run."""

import multiprocessing
import os
import sys
import threading
import time
import traceback
from dataclasses import asdict
from multiprocessing.connection import wait
from pathlib import Path
from typing import Optional, Sequence

import cv2
import torch
from filelock import Timeout

from .plan import Run
from .spreads import ACCURACY
from .study_folder import FINISHED, StudyFolder
from .train_run import train_run

# Exit status where another process is at the run.
TAKEN = 3
# Whoever only looks whether a run is claimed holds its lock for a moment.
CLAIM_S = 5.0


def do_runs(
    folder: StudyFolder, runs: Sequence[Run], jobs: int, real_frames: Optional[str] = None
) -> None:
    """Do all runs that have no result yet. A crash costs its own run alone.

    Runs that another process is at are left to it.

    Args:
        folder (StudyFolder): The study.
        runs (Sequence[Run]): Which runs.
        jobs (int): Processes at a time.
        real_frames (str, optional): See ``train_run``.
    """
    # A person's own choice stays.
    threads = int(os.environ.get('OMP_NUM_THREADS') or max(1, (os.cpu_count() or 1) // jobs))
    # A server that has imported torch saves each run seconds. With CUDA
    # processes cannot be forked once its devices have been counted. Modules
    # beside run.py cannot be named: before Python 3.12 it finds none there.
    context = multiprocessing.get_context('spawn' if torch.cuda.is_available() else 'forkserver')
    context.set_forkserver_preload(['mmpose_cmb', 'mmpose.apis'])
    states = folder.states()
    todo = [run for run in runs if states[run] != FINISHED]
    print(f'{len(runs)} runs, {len(runs) - len(todo)} of them finished before')
    working = {}
    try:
        while todo or working:
            while todo and len(working) < jobs:
                run = todo.pop(0)
                if folder.is_claimed(run):
                    _report(folder, run, TAKEN)
                    continue
                process = context.Process(
                    target=run_process, args=(folder.root, run, threads, real_frames)
                )
                process.start()
                working[process.sentinel] = process, run
                _say(run, 'begins')
            # Of nothing it would wait for ever.
            for sentinel in wait(list(working), None if working else 0):
                process, run = working.pop(sentinel)
                process.join()
                _report(folder, run, process.exitcode)
    finally:
        # What they have saved is resumed next time.
        for process, _ in working.values():
            process.terminate()


def _report(folder: StudyFolder, run: Run, status: int) -> None:
    if status == TAKEN:
        return _say(run, 'is left to another process, which is at it')
    if folder.states()[run] not in (FINISHED, 'failed') or status not in (0, 1):
        # The process could not say itself why it ended, or has not begun.
        error = f'the process ended with exit status {status}'
        folder.runs.put(dict(asdict(run), state='failed', error=error))
    row = folder.rows_of(run, folder.runs).iloc[0]
    _say(
        run,
        f'{ACCURACY} {row[ACCURACY]:.1f} after {row["train_s"] / 60:.1f} min of training'
        if row['state'] == FINISHED
        else f'FAILED: {row["error"]} ({folder.run_dir(run) / "log.txt"})',
    )


def _say(run: Run, text: str) -> None:
    print(time.strftime('%H:%M:%S'), f'{run}: {text}', flush=True)


def run_process(root: Path, run: Run, threads: int, real_frames: Optional[str]) -> None:
    """What the process of a run does; its output goes to ``log.txt``.

    Exit status: 0 done, 1 failed (``runs.csv`` says why), 3 another process
    is at this run.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    folder = StudyFolder(root)
    try:
        with folder.claim(run).acquire(timeout=CLAIM_S):
            if folder.states()[run] != FINISHED:
                _log_to(folder.run_dir(run) / 'log.txt')
                cv2.setNumThreads(0)
                torch.set_num_threads(threads)
                train_run(folder, run, real_frames)
    except Timeout:
        sys.exit(TAKEN)
    except Exception as error:
        traceback.print_exc()
        folder.runs.put(
            dict(asdict(run), state='failed', error=f'{type(error).__name__}: {error}')
        )
        sys.exit(1)


def _log_to(path: Path) -> None:
    """Append all output of this process, and of its own, to a file."""
    with open(path, 'a') as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())


def _end_with_parent() -> None:
    """End this process at once when run.py has been killed."""
    wait([multiprocessing.parent_process().sentinel])
    os._exit(1)
