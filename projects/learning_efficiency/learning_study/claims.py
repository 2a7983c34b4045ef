"""Keeps two processes from doing the same run.

A process claims a folder by a file of its own name in it and looks whether
it is alone. Claims of processes that have ended are told from the process
number on the same machine, and elsewhere by a file that is no longer
touched. No file is ever taken over, so nothing can go wrong between looking
and taking.
"""
import json
import os
import socket
import threading
import time
import uuid
from pathlib import Path
from typing import List

from mmpose_cmb.synthesis.whole_files import write_whole

HEARTBEAT_S = 20.
# Far above the heartbeat: a busy file server may hold touches back.
STALE_AFTER_S = 300.


class Claim:
    """A claim on a folder; a context manager that gives it back.

    Args:
        folder (Path): What is claimed; made where it does not exist.

    Attributes:
        held (bool): Whether nobody else has claimed the folder. Where two
            come at the very same time neither may get it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f'claim.{uuid.uuid4().hex}'
        owner = dict(machine=machine_id(), pid=os.getpid())
        write_whole(self.path, json.dumps(owner).encode())
        # The file server's clock, whatever this machine's says.
        now = self.path.stat().st_mtime
        self.held = True
        for path in _claims(folder):
            if path == self.path:
                continue
            if is_alive(path, now):
                self.held = False
            else:
                path.unlink(missing_ok=True)
        self._released = threading.Event()
        if self.held:
            threading.Thread(target=self._beat, daemon=True).start()
        else:
            self.release()

    def _beat(self) -> None:
        while not self._released.wait(HEARTBEAT_S):
            try:
                os.utime(self.path)
            except OSError:
                # Somebody cleared the folder, or its server is away.
                continue

    def release(self) -> None:
        """Give the claim back."""
        self._released.set()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> 'Claim':
        return self

    def __exit__(self, *_) -> None:
        self.release()


def is_alive(path: Path, now: float) -> bool:
    """Whether a claim's owner still works.

    Args:
        path (Path): The claim's file.
        now (float): Time of the file server, seconds.
    """
    try:
        age_s = now - path.stat().st_mtime
        owner = json.loads(path.read_text())
    except FileNotFoundError:
        return False
    if owner['machine'] == machine_id() and not _runs(owner['pid']):
        return False
    return age_s <= STALE_AFTER_S


def is_claimed(folder: Path) -> bool:
    """Whether a living process has claimed a folder; claims nothing."""
    now = time.time()
    return any([is_alive(path, now) for path in _claims(folder)])


def _claims(folder: Path) -> List[Path]:
    return [p for p in folder.glob('claim.*') if p.suffix != '.tmp']


def machine_id() -> str:
    """Names this machine and its numbering of processes (containers)."""
    try:
        namespace = os.readlink('/proc/self/ns/pid')
    except OSError:
        namespace = ''
    return f'{socket.gethostname()} {namespace}'


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
