"""A part of make torture: damaged files of every kind, and its own sandbox."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from .torture import trial
from .torture.readers import all_readers
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
