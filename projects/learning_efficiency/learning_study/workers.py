"""Spreads runs over processes, one process a run."""
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from queue import Empty, Queue
from typing import List, Optional, Sequence

from .claims import is_claimed
from .plan import Run
from .run_process import TAKEN, run_process
from .study_folder import StudyFolder, write_json


# What takes seconds to import. Modules beside run.py cannot be named: before
# Python 3.12 the server does not look there.
PRELOADED = ('mmpose_cmb', 'mmpose.apis')


class Workers:
    """Does runs, several at a time. A crash costs its own run alone.

    Args:
        folder (StudyFolder): The study.
        jobs (int): Processes at a time.
        gpus (Sequence[int]): Numbers of the GPUs, given out in turn; none:
            the CPU.
        real_frames (str, optional): Passed on to each run.
    """

    def __init__(self,
                 folder: StudyFolder,
                 jobs: int,
                 gpus: Sequence[int] = (),
                 real_frames: Optional[str] = None) -> None:
        self.folder = folder
        self.jobs = jobs
        self.gpus = list(gpus)
        self.real_frames = real_frames
        # A person's own choice stays.
        self.threads = int(
            os.environ.get('OMP_NUM_THREADS')
            or max(1, (os.cpu_count() or 1) // jobs))
        # A server that has imported torch saves each run seconds. With CUDA
        # processes cannot be forked once its devices have been counted.
        self._context = multiprocessing.get_context(
            'spawn' if self.gpus else 'forkserver')
        if not self.gpus:
            self._context.set_forkserver_preload(list(PRELOADED))
        self._processes: List[BaseProcess] = []
        self._lock = threading.Lock()
        self._taken: List[Run] = []
        self._stopped = False
        self._done = 0
        self._total = 0

    def do(self, runs: Sequence[Run]) -> None:
        """Do all runs that have no result yet; failures do not stop it.

        Runs that another process is at are left to it.
        """
        todo = [run for run in runs if self.folder.result(run) is None]
        self._done, self._total = len(runs) - len(todo), len(runs)
        print(f'{self._total} runs, {self._done} of them finished before')
        while todo:
            self._taken = []
            self._do_all(todo)
            # Somebody may have given one up meanwhile.
            todo = [run for run in self._taken if self._is_open(run)]

    def _do_all(self, runs: Sequence[Run]) -> None:
        queue: Queue = Queue()
        for run in runs:
            queue.put(run)
        with ThreadPoolExecutor(self.jobs) as pool:
            slots = [
                pool.submit(self._work, queue, slot)
                for slot in range(self.jobs)
            ]
            try:
                # Waiting in short steps lets a signal come through.
                while not all(slot.done() for slot in slots):
                    time.sleep(0.1)
            except BaseException:
                self.stop()
                raise
        for slot in slots:
            slot.result()

    def _is_open(self, run: Run) -> bool:
        """Whether a run is neither finished nor being done."""
        return (self.folder.result(run) is None
                and not is_claimed(self.folder.run_dir(run)))

    def stop(self) -> None:
        """End all processes; what they have saved is resumed next time."""
        with self._lock:
            self._stopped = True
            for process in self._processes:
                process.terminate()

    def _work(self, queue: Queue, slot: int) -> None:
        gpu = self.gpus[slot % len(self.gpus)] if self.gpus else None
        while True:
            try:
                run = queue.get_nowait()
            except Empty:
                return
            if not self._is_open(run):
                self._report(run, TAKEN)
                continue
            process = self._start(run, gpu)
            if process is None:
                return
            where = '' if gpu is None else f' on GPU {gpu}'
            self._say(f'{run} begins{where}')
            process.join()
            with self._lock:
                self._processes.remove(process)
            if self._stopped:
                return
            self._report(run, process.exitcode)

    def _start(self, run: Run, gpu: Optional[int]) -> Optional[BaseProcess]:
        """Start a run's process; None when all have been stopped."""
        process = self._context.Process(
            target=run_process,
            args=(self.folder.root, run, self.threads, self.real_frames))
        with self._lock:
            if self._stopped:
                return None
            before = os.environ.get('CUDA_VISIBLE_DEVICES')
            # The new process counts the devices while it imports torch.
            os.environ['CUDA_VISIBLE_DEVICES'] = '' if gpu is None else _nth(
                before, gpu)
            try:
                process.start()
            finally:
                if before is None:
                    del os.environ['CUDA_VISIBLE_DEVICES']
                else:
                    os.environ['CUDA_VISIBLE_DEVICES'] = before
            self._processes.append(process)
        return process

    def _report(self, run: Run, status: int) -> None:
        result = self.folder.result(run)
        if result is not None:
            self._done += 1
            self._say(f'{run}: PCKh@0.5 {result["metrics"]["PCKh@0.5"]:.1f} '
                      f'({result["train_s"] / 60:.1f} min of training)')
        elif status == TAKEN:
            self._taken.append(run)
            self._say(f'{run} is being done by another process')
        else:
            if self.folder.error(run) is None:
                self._note_end(run, status)
            self._say(f'{run} FAILED: {self.folder.error(run)["message"]} '
                      f'({self.folder.run_dir(run) / "log.txt"})')

    def _note_end(self, run: Run, status: int) -> None:
        """For a process that could not say itself why it ended."""
        what = f'signal {signal.Signals(-status).name}' if status < 0 else \
            f'exit status {status}'
        write_json(self.folder.error_file(run),
                   dict(message=f'the process ended with {what}'))

    def _say(self, text: str) -> None:
        stamp = time.strftime('%H:%M:%S')
        print(f'{stamp} [{self._done}/{self._total}] {text}', flush=True)


def _nth(visible: Optional[str], gpu: int) -> str:
    """The n-th of the devices that this process sees (Slurm names some)."""
    return visible.split(',')[gpu] if visible else str(gpu)
