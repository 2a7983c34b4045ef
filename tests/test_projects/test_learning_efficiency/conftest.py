"""The study's modules, and tiny variants."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
PROJECT = REPOSITORY / 'projects' / 'learning_efficiency'
# As for a person who runs run.py.
sys.path.insert(0, str(PROJECT))

TINY = """
_base_ = {base!r}
model = dict(
    backbone=dict(
        {block}stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""


@pytest.fixture
def variants(tmp_path):
    """``NAME=PATH`` of two tiny networks, one without memory."""
    base = str(REPOSITORY / 'configs' / 'cmb_k2hpd_demo.py')
    texts = []
    for name, block in (('without_cmb', 'block=None, '), ('cmb', '')):
        path = tmp_path / f'tiny_{name}.py'
        path.write_text(TINY.format(base=base, block=block))
        texts.append(f'{name}={path}')
    return texts


@pytest.fixture
def start_study():
    """Starts run.py in a process of its own."""
    environment = dict(os.environ, OMP_NUM_THREADS='1', PYTHONWARNINGS='ignore')

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, str(PROJECT / 'run.py'), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd='/',
            env=environment,
        )

    return start


@pytest.fixture
def run_command(capsys, monkeypatch):
    """Runs the main() of a script: (exit status, what it said).

    The runs are processes of their own all the same, with as many threads as
    those of ``start_study``: results are equal to the bit only then.
    """
    monkeypatch.setenv('OMP_NUM_THREADS', '1')

    def command(main, *arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        return status, ''.join(capsys.readouterr())

    return command
