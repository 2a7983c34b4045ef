"""A small synthetic set, and configs of a small network on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS='1', PYTHONWARNINGS='ignore')

SMALL_NETWORK = """
model = dict(
    backbone=dict(
        stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""


def _run_tool(path, *arguments, check=True):
    """Run a Python file as a person would, from outside the repository."""
    result = subprocess.run(
        [sys.executable, str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd='/',
        env=ENVIRONMENT,
    )
    if check and result.returncode:
        raise AssertionError(result.stdout[-3000:] + result.stderr[-3000:])
    return result


@pytest.fixture(scope='session')
def run_tool():
    return _run_tool


@pytest.fixture(scope='session')
def tool_environment():
    return ENVIRONMENT


@pytest.fixture(scope='session')
def synthetic_root(tmp_path_factory):
    """32 training and 8 test frames in K2HPD's format."""
    root = tmp_path_factory.mktemp('data') / 'k2hpd_synthetic'
    _run_tool(
        REPOSITORY / 'tools' / 'synthesize.py',
        '--layout',
        'k2hpd',
        '--out-dir',
        root,
        '--train',
        32,
        '--test',
        8,
        '--workers',
        1,
    )
    return root


@pytest.fixture
def small_config(tmp_path, synthetic_root):
    """Writes a config that inherits the demo's; returns its path."""

    def write(extra='', name='small.py'):
        path = tmp_path / name
        base = REPOSITORY / 'configs' / 'cmb_k2hpd_demo.py'
        path.write_text(
            f'_base_ = {str(base)!r}\n{SMALL_NETWORK}\n'
            f'root = {str(synthetic_root)!r}\n'
            'train_dataloader = dict(dataset=dict(data_root=root))'
            '\nval_dataloader = dict(dataset=dict(data_root=root))'
            f'\ntest_dataloader = val_dataloader\n{extra}\n'
        )
        return path

    return write
