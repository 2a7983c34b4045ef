"""Every ``>>>`` example in a docstring gives what it says."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = sorted(
    '.'.join(path.relative_to(REPOSITORY).with_suffix('').parts)
    for path in (REPOSITORY / 'mmpose_cmb').rglob('*.py')
    if '.mim' not in path.parts and '>>> ' in path.read_text('utf-8')
)


@pytest.mark.parametrize('name', MODULES)
def test_examples_give_what_they_say(name, mmpose_scope, tmp_path, monkeypatch):
    """In an empty folder, with the names of their module."""
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(name), optionflags=FLAGS)
    assert found.attempted and not found.failed
