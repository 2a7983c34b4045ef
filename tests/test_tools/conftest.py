"""A small synthetic set, and configs of a small network on it."""

import subprocess
import sys

import pytest

from ..torture.small_training import ENVIRONMENT, synthesize, write_small_config


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
    synthesize(root)
    return root


@pytest.fixture
def small_config(tmp_path, synthetic_root):
    """Writes a config that inherits the demo's; returns its path."""

    def write(extra='', name='small.py'):
        return write_small_config(tmp_path / name, synthetic_root, extra)

    return write
