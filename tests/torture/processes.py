"""Starting tools, looking at them, and ending them at a chosen moment."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, List, NamedTuple, Optional, Sequence

from .small_training import ENVIRONMENT, REPOSITORY, TOOLS

SECONDS = 600
TICKS_PER_S = os.sysconf('SC_CLK_TCK')


class End(NamedTuple):
    """How a process ended: its status, negative for a signal, and what it said."""

    status: int
    said: str


def tool(line: str, *more: Any) -> List[str]:
    """The words of a command: a file below tools/ or projects/, or 'runtime'."""
    name, *words = [*line.split(), *map(str, more)]
    if name == 'runtime':
        return [sys.executable, '-m', 'mmpose_cmb.runtime', *words]
    path = REPOSITORY / name if name.startswith('projects') else TOOLS / name
    return [sys.executable, str(path), *words]


def call(
    command: Sequence[str],
    when: Optional[Callable[[int], bool]] = None,
    number: int = signal.SIGKILL,
    cwd: Optional[Path] = None,
    **options: Any,
) -> End:
    """Run a command in a group of its own, as a terminal does.

    Args:
        command (Sequence[str]): Its words.
        when (callable, optional): Takes the process's id: whether it, and all
            that it has started, gets the signal now. Defaults to None: never.
        number (int): The signal. Defaults to SIGKILL.
        cwd (Path, optional): Its folder. Defaults to None: an empty one.
        **options: Others of ``subprocess.Popen``; ``env`` is added to what
            the environment holds, and ``preexec_fn`` has to do what
            :func:`as_a_terminal_does` does.
    """
    environment = dict(ENVIRONMENT, PYTHONPATH=str(REPOSITORY), **options.pop('env', {}))
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryFile('w+') as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=cwd or empty,
            env=environment,
            **dict(dict(preexec_fn=as_a_terminal_does), **options),
        )
        end = time.monotonic() + SECONDS
        try:
            while process.poll() is None and time.monotonic() < end:
                if when is not None and when(process.pid):
                    os.killpg(process.pid, number)
                    when = None
                time.sleep(0.02)
            if process.returncode is None:
                raise AssertionError(f'{" ".join(command)} has not ended after {SECONDS} s')
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(0)
        return End(process.returncode, said.read())


def as_a_terminal_does() -> None:
    """Make a group for Ctrl-C, which a process in the background would ignore."""
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def after_cpu_s(seconds: float) -> Callable[[int], bool]:
    """When a process and those it started have worked so long, on a busy machine, too."""
    return lambda pid: cpu_s(pid) >= seconds


def cpu_s(pid: int) -> float:
    """Processor time of a process and of its children; 0 where it has ended."""
    try:
        words = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
        ticks = sum(map(int, words[11:15]))
        return ticks / TICKS_PER_S + sum(map(cpu_s, children(pid)))
    except OSError:
        return 0.0


def children(pid: int) -> List[int]:
    """Processes that a process has started, by /proc."""
    return [
        int(child)
        for task in Path(f'/proc/{pid}/task').iterdir()
        for child in (task / 'children').read_text().split()
    ]


def lives(pid: int) -> bool:
    try:
        return Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def wait_until(true: Callable[[], bool], process: Optional[subprocess.Popen] = None) -> float:
    """Wait for something; the seconds that it took.

    Raises:
        AssertionError: If it takes too long, or a process ends before.
    """
    begin = time.monotonic()
    while not true():
        assert time.monotonic() < begin + SECONDS and (process is None or process.poll() is None)
        time.sleep(0.02)
    return time.monotonic() - begin


def start(command: Sequence[str], **environment: str) -> subprocess.Popen:
    """Start a command that says nothing."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdout=nowhere, stderr=nowhere, env=dict(ENVIRONMENT, **environment)
    )
