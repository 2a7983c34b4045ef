"""Reading damaged files in processes of their own, which may die of it."""

import multiprocessing
import os
import resource
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np

from mmpose_cmb.command_line import user_message

from .mutations import damage

# A damaged file of a few kilobytes may take as long, and as much memory.
MAX_SECONDS = 10
MAX_BYTES = 3 * 2**29
# What may come out. The first four are as they should be.
SAME, UNKNOWABLE, ERROR = 'same', 'other, unknowable', 'clear error'
SILENT, UNNAMED, TRACEBACK = 'other, silent', 'error without file', 'traceback'
HANG, MEMORY, CRASH = 'hang', 'memory', 'crash'
GOOD = (SAME, UNKNOWABLE, ERROR)
OUTCOMES = (*GOOD, SILENT, UNNAMED, TRACEBACK, HANG, MEMORY, CRASH)


class Reader(NamedTuple):
    """One kind of file, and what reads it.

    Attributes:
        name (str): For the table.
        path (Path): A whole file, which is written over while it is tried.
        read (callable): Takes the path; what it returns is compared.
        unknowable (callable): Takes what was read from the whole file and
            from a damaged one: whether no reader could know.
    """

    name: str
    path: Path
    read: Any
    unknowable: Any


class Trial(NamedTuple):
    """What became of one damaged file."""

    seed: int
    outcome: str
    message: str


def damaged(reader: Reader, whole: bytes, seed: int) -> bytes:
    """The damaged file of a seed."""
    name = int.from_bytes(reader.name.encode()[:8], 'little')
    return damage(whole, reader.path.suffix, np.random.default_rng([name, seed]))


def try_reader(reader: Reader, seeds: range) -> List[Trial]:
    """Read the damaged file of each seed.

    A process reads them one after the other; where it dies the next one goes
    on behind the file that it died of.
    """
    whole = reader.path.read_bytes()
    trials: List[Trial] = []
    fork = multiprocessing.get_context('fork')
    try:
        while len(trials) < len(seeds):
            ours, theirs = fork.Pipe(False)
            process = fork.Process(
                target=_read_all, args=(reader, whole, seeds[len(trials) :], theirs)
            )
            process.start()
            theirs.close()
            end = _gather(ours, trials, process)
            if end is not None and len(trials) < len(seeds):
                trials.append(Trial(seeds[len(trials)], end, ''))
    finally:
        reader.path.write_bytes(whole)
    return trials


def _gather(pipe: Any, trials: List[Trial], process: Any) -> Optional[str]:
    """Add what a process tells; what it died of, if it did."""
    end = None
    while True:
        if not pipe.poll(MAX_SECONDS):
            end = HANG
            break
        try:
            trials.append(pipe.recv())
        except EOFError:
            break
    if end == HANG:
        process.kill()
    process.join()
    if end is None and process.exitcode:
        end = MEMORY if process.exitcode == -signal.SIGKILL else CRASH
    pipe.close()
    return end


def _read_all(reader: Reader, whole: bytes, seeds: range, pipe: Any) -> None:
    _say_nothing()
    reference = reader.read(reader.path)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MAX_BYTES,) * 2)
    for seed in seeds:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = time.monotonic()
        reader.path.write_bytes(damaged(reader, whole, seed))
        outcome, message = _read(reader, reference)
        if time.monotonic() - begin > MAX_SECONDS:
            outcome = HANG
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        if grown > MAX_BYTES:
            outcome = MEMORY
        pipe.send(Trial(seed, outcome, message))
    pipe.close()
    # Nothing of the parent's is tidied up here.
    os._exit(0)


def _read(reader: Reader, reference: Any) -> Tuple[str, str]:
    try:
        found = reader.read(reader.path)
    except MemoryError as error:
        return MEMORY, repr(error)
    except Exception as error:
        said = user_message(error)
        if said is None:
            return TRACEBACK, f'{type(error).__name__}: {error}'
        # The file, or another of the same recording or data set.
        named = reader.path.name in said or str(reader.path.parent) in said
        return (ERROR if named and '\n' not in said else UNNAMED), said
    if same(reference, found):
        return SAME, ''
    try:
        known = not reader.unknowable(reference, found)
    except Exception as error:
        return SILENT, repr(error)
    return (SILENT if known else UNKNOWABLE), repr(found)[:300]


def same(first: Any, second: Any) -> bool:
    """Whether two results are equal, to the bit."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        return (
            first.dtype == second.dtype
            and first.shape == second.shape
            and first.tobytes() == second.tobytes()
        )
    if isinstance(first, dict):
        return list(first) == list(second) and same([*first.values()], [*second.values()])
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second or (first != first and second != second)


def _say_nothing() -> None:
    """Image libraries write to stderr what they stumble over."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _address_space() -> int:
    with open('/proc/self/statm') as file:
        return int(file.read().split()[0]) * os.sysconf('SC_PAGE_SIZE')


def table(results: Dict[str, List[Trial]]) -> Iterator[str]:
    """Lines of a Markdown table: a reader each, and all of them."""
    yield '| file | tried | ' + ' | '.join(OUTCOMES) + ' |'
    yield '|---' * (2 + len(OUTCOMES)) + '|'
    rows = {name: Counter(t.outcome for t in trials) for name, trials in results.items()}
    rows['all'] = sum(rows.values(), Counter())
    for name, counts in rows.items():
        cells = [sum(counts.values()), *(counts[outcome] for outcome in OUTCOMES)]
        yield f'| {name} | ' + ' | '.join(map(str, cells)) + ' |'
