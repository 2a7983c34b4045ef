"""What the process of one run does."""
import multiprocessing
import os
import random
import sys
import threading
import time
import traceback
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Optional

import cv2
import torch

from .claims import Claim
from .plan import Run
from .study_folder import StudyFolder, write_json
from .train_run import train_run

# Exit status where another process is at the run.
TAKEN = 3
ATTEMPTS = 3


def run_process(root: Path, run: Run, threads: int,
                real_frames: Optional[str]) -> None:
    """Do one run and end the process.

    Exit status: 0 done, 1 failed (``error.json`` says why), 3 another
    process is at this run. All output goes to the run's ``log.txt``.

    Args:
        root (Path): Folder of the study.
        run (Run): Which run.
        threads (int): Of torch on the CPU.
        real_frames (str, optional): See :func:`train_run`.
    """
    _end_with_parent()
    folder = StudyFolder(root)
    with _claim(folder.run_dir(run)) as claim:
        if not claim.held:
            sys.exit(TAKEN)
        if folder.result(run) is not None:
            return
        _log_to(folder.run_dir(run) / 'log.txt')
        cv2.setNumThreads(0)
        torch.set_num_threads(threads)
        folder.error_file(run).unlink(missing_ok=True)
        try:
            train_run(folder, run, real_frames)
        except Exception as error:
            traceback.print_exc()
            message = f'{type(error).__name__}: {error}'
            write_json(
                folder.error_file(run),
                dict(message=message, traceback=traceback.format_exc()))
            sys.exit(1)


def _claim(folder: Path) -> Claim:
    """Claim a folder; who came at the same time as another tries again."""
    for _ in range(ATTEMPTS):
        claim = Claim(folder)
        if claim.held:
            break
        time.sleep(random.random())
    return claim


def _log_to(path: Path) -> None:
    """Append all output of this process, and of its own, to a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(file, stream.fileno())
    os.close(file)


def _end_with_parent() -> None:
    """End this process at once when run.py has been killed."""
    sentinel = multiprocessing.parent_process().sentinel

    def watch() -> None:
        wait_for([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
