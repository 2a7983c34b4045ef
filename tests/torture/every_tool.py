"""Ctrl-C, a folder that is read alone, a reader that leaves: every tool."""

import os
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import List

import numpy as np

from mmpose_cmb.command_line import DONE, INTERRUPTED, MISTAKE, NO_READER

from .processes import End, after_cpu_s, call
from .tool_calls import WRITING, Calls, name_of

NOBODY = 65534
# The small network gives no joints in space: these do not come to write.
NO_WRITERS = ('worst.py', 'calibrate.py')
# Processor seconds until a tool is interrupted, at most.
LONGEST_S = 6.0


def interrupt(calls: Calls, out: Path, rng: np.random.Generator) -> str:
    """Press Ctrl-C once in each: all that a terminal runs gets the signal."""
    counts: Counter = Counter()
    wrong: List[str] = []
    for line, command in calls.lines.items():
        moment = float(rng.uniform(0.2, LONGEST_S))
        ended = call(command, after_cpu_s(moment), signal.SIGINT)
        what = why_not_orderly(ended) or left_half(out)
        if what:
            wrong.append(f'{name_of(line)} after {moment:.2f} s: {what}')
        in_time = ended.status == INTERRUPTED
        counts['one line, status 130' if in_time else 'had ended before'] += 1
    assert not wrong, '\n'.join(wrong)
    return ', '.join(f'{number} times: {what}' for what, number in counts.most_common())


def why_not_orderly(ended: End) -> str:
    """What is wrong with the end of a tool that was interrupted; '' if nothing."""
    if 'Traceback' in ended.said:
        return ended.said[-1500:]
    # Python itself had ended, or not begun.
    if ended.status in (DONE, -signal.SIGINT):
        return ''
    said = ended.said.count('interrupted') + ended.said.count('ended by the keyboard')
    if ended.status != INTERRUPTED or not said:
        return f'status {ended.status}: {ended.said[-1500:]}'
    return ''


def left_half(out: Path) -> str:
    """Files that are not whole, below a folder."""
    return ' '.join(str(path) for path in out.rglob('*') if '.part' in path.name[1:])


def written() -> List[str]:
    """The calls that come to write."""
    return [line for line in WRITING if name_of(line) not in NO_WRITERS]


def read_only(calls: Calls, out: Path, rng: np.random.Generator) -> str:
    """Run those that write as somebody who must not write there."""
    out.mkdir(parents=True, exist_ok=True)
    out.chmod(0o555)
    # Modes mean nothing to root.
    somebody = dict(user=NOBODY, group=NOBODY) if os.getuid() == 0 else {}
    wrong: List[str] = []
    for line in written():
        ended = call(calls.lines[line], cwd=out, env=dict(HOME=str(out)), **somebody)
        # A bar may stand before it.
        errors = [text for text in ended.said.splitlines() if 'error: ' in text]
        if ended.status == DONE and 'not written: ' in ended.said:
            continue
        if ended.status != MISTAKE or not errors or 'Traceback' in ended.said:
            wrong.append(f'{line}: status {ended.status}: {ended.said[-1500:]}')
        elif str(out) not in errors[0]:
            wrong.append(f'{line}: {errors[0]}')
    assert not list(out.iterdir())
    assert not wrong, '\n'.join(wrong)
    return 'one line with the file, status 2; pictures of `live.py`: it goes on without'


TALKATIVE = ('evaluate_predictions.py', 'get_flops.py', 'check_dataset.py', 'benchmark_runtime.py')


def head(calls: Calls, out: Path, rng: np.random.Generator) -> str:
    """Close the other end of what a tool says."""
    for line, command in calls.lines.items():
        if name_of(line) not in (*TALKATIVE, 'runtime', 'infer.py'):
            continue
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.Popen(
            command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=out.parent
        )
        os.close(writing)
        _, said = process.communicate()
        assert process.returncode in (NO_READER, DONE) and 'Traceback' not in said, (line, said)
    return 'status 141, no traceback'
