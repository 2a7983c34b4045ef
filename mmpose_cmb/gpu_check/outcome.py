"""Checks one after the other, each in a process of its own, and what became of them."""

import multiprocessing
import traceback
from multiprocessing.connection import Connection
from typing import Callable, List, NamedTuple, Sequence

from ..processes import end_with_parent

PASS, FAIL, NOT_RUN = 'pass', 'fail', 'not run'


class CheckFailed(Exception):
    """What was found to be wrong."""


class CannotRun(Exception):
    """What a check lacks on this machine, and what to install."""


class Check(NamedTuple):
    """Something to be tried.

    Attributes:
        name (str): What it is.
        run (Callable): Can be pickled. Returns figures in words; raises
            :class:`CannotRun`, or anything else where it fails.
    """

    name: str
    run: Callable[[], str]


class Outcome(NamedTuple):
    """What became of a check.

    Attributes:
        name (str): The check's.
        state (str): 'pass', 'fail' or 'not run'.
        said (str): Figures, or why.
    """

    name: str
    state: str
    said: str


def run_check(check: Check, limit_s: float = 600) -> Outcome:
    """Run a check in a new process.

    A GPU that was misused serves its process no more, and a library that
    crashes takes the process with it: neither reaches the next check.

    Args:
        check (Check): What to try.
        limit_s (float): Seconds after which it has failed. Defaults to 600.
    """
    # CUDA does not survive a fork.
    context = multiprocessing.get_context('spawn')
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(check.run, sender))
    process.start()
    sender.close()
    try:
        if receiver.poll(limit_s):
            state, said = receiver.recv()
        else:
            state, said = FAIL, f'not done after {limit_s:g} s'
    except EOFError:
        process.join()
        state, said = FAIL, f'its process ended with status {process.exitcode}'
    finally:
        process.kill()
        process.join()
    return Outcome(check.name, state, said)


def _work(run: Callable[[], str], sender: Connection) -> None:
    end_with_parent()
    try:
        state, said = PASS, run()
    except CannotRun as reason:
        state, said = NOT_RUN, str(reason)
    except CheckFailed as reason:
        state, said = FAIL, str(reason)
    except Exception as error:
        traceback.print_exc()
        state, said = FAIL, f'{type(error).__name__}: {error}'
    sender.send((state, ' '.join(said.split())))


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a table in Markdown."""
    lines = ['| check | | figures, or why |', '|---|---|---|']
    lines += [
        '| {} |'.format(' | '.join(cell.replace('|', r'\|') for cell in outcome))
        for outcome in outcomes
    ]
    return '\n'.join(lines)


def counts(outcomes: Sequence[Outcome]) -> str:
    """``11 pass, 1 fail, 3 not run``."""
    states: List[str] = [outcome.state for outcome in outcomes]
    return ', '.join(f'{states.count(state)} {state}' for state in (PASS, FAIL, NOT_RUN))
