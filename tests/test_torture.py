"""A part of make torture: damaged files of every kind, and its own sandbox; the soak."""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from .torture import trial
from .torture.readers import all_readers
from .torture.soak import Lines, Sample, growth, watch
from .torture.trial import GOOD, Reader, try_reader

# Other seeds than those of make torture's first thousands.
SEEDS = range(100_000, 100_024)


def test_damaged_files_of_every_kind(tmp_path):
    wrong = [
        (reader.name, trial)
        for reader in all_readers(tmp_path)
        for trial in try_reader(reader, SEEDS)
        if trial.outcome not in GOOD
    ]
    assert not wrong


def sleep(path):
    if path.read_bytes() != b'whole':
        time.sleep(60)


def fill(path):
    if path.read_bytes() != b'whole':
        return np.ones(2**40)


def die(path):
    if path.read_bytes() != b'whole':
        os._exit(3)


def fail(path):
    if path.read_bytes() != b'whole':
        raise KeyError('nothing of the package')


def other(path):
    return path.read_bytes()


@pytest.mark.parametrize(
    'read, outcome',
    [
        (sleep, trial.HANG),
        (fill, trial.MEMORY),
        (die, trial.CRASH),
        (fail, trial.TRACEBACK),
        (other, trial.SILENT),
    ],
)
def test_what_goes_wrong_is_seen(read, outcome, tmp_path, monkeypatch):
    monkeypatch.setattr(trial, 'MAX_SECONDS', 1)
    path = tmp_path / 'a.bin'
    path.write_bytes(b'whole')
    trials = try_reader(Reader('a', path, read, lambda *_: False), range(3))
    assert [found.outcome for found in trials] == [outcome] * 3
    assert path.read_bytes() == b'whole'


def test_the_same_seed_is_the_same_file(tmp_path):
    path = tmp_path / 'a.png'
    reader = Reader('PNG', path, Path.read_bytes, None)
    content = bytes(range(256))
    assert trial.damaged(reader, content, 3) == trial.damaged(reader, content, 3)
    assert len({trial.damaged(reader, content, seed) for seed in range(40)}) > 30


def samples(**changes):
    """40 looks at a process of which nothing grows, but what is named."""
    found = []
    for i in range(40):
        values = dict(
            time_s=60.0 * i, done=100 * i, cpu_s=2.0 * i, memory_mib=200.0, handles=9, threads=3
        )
        found.append(Sample(**dict(values, **{key: of(i) for key, of in changes.items()})))
    return found


@pytest.mark.parametrize(
    'changes, found',
    [
        ({}, []),
        # What varies does not grow; what is loaded at first is no leak.
        (dict(memory_mib=lambda i: 200 + i % 5, handles=lambda i: 9 + i % 3), []),
        (dict(memory_mib=lambda i: min(20.0 * i, 150)), []),
        (dict(memory_mib=lambda i: 200 + 0.3 * i), ['memory_mib 204.35 -> 210.35']),
        (dict(handles=lambda i: 9 + i // 8), ['handles 10 -> 13']),
        (dict(threads=lambda i: 3 + i // 20), ['threads 3 -> 4']),
        (dict(cpu_s=lambda i: 0.05 * i**2), ['processor time 14.50 -> 34.50 ms each']),
        (dict(done=lambda i: min(100 * i, 2500)), ['processor time 20.00 -> nan ms each']),
    ],
)
def test_the_soak_sees_what_grows(changes, found):
    assert growth(samples(**changes)) == found


def test_too_few_looks_are_no_proof():
    assert 'too few' in growth(samples()[:7])[0]


WORK = """
import sys, threading, time
kept, name = [], sys.argv[1]
with open(name, 'w') as file:
    for i in range(400):
        sum(range(20_000))
        {leak}
        print('done', file=file, flush=True)
        time.sleep(0.002)
"""


@pytest.mark.parametrize(
    'leak, grows',
    [
        ('pass', None),
        ('kept.append(bytearray(200_000))', 'memory_mib'),
        ('kept.append(open(name))', 'handles'),
        ('i % 40 or threading.Thread(target=time.sleep, args=(9,), daemon=True).start()', 'thr'),
    ],
)
def test_the_soak_watches_a_process(leak, grows, tmp_path):
    done = Lines(tmp_path, 'lines.txt', b'done')
    command = [sys.executable, '-c', WORK.format(leak=leak), str(tmp_path / 'lines.txt')]
    found = growth(list(watch(command, done, 0.05)))
    # Its time is not judged here: the machine may do other things.
    found = [sentence for sentence in found if not sentence.startswith('processor')]
    assert done() == 400
    assert not found if grows is None else found[0].startswith(grows)


def test_the_soak_says_why_its_process_failed(tmp_path):
    with pytest.raises(RuntimeError, match='-c ended with 3: no such camera'):
        command = [sys.executable, '-c', 'import sys; print("no such camera"); sys.exit(3)']
        list(watch(command, lambda: 0, 0.05))
