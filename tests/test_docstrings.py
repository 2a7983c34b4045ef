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


# Their examples want files that a user has.
OF_FILES = ('apis', 'deploy', 'runtime')


def _marked(name):
    marks = ()
    if name.split('.')[1] in OF_FILES:
        marks = pytest.mark.xfail(reason='needs a model file')
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize('name', [_marked(name) for name in MODULES])
def test_examples_give_what_they_say(name, mmpose_scope, tmp_path, monkeypatch):
    """In an empty folder, with the names of their module."""
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(name), optionflags=FLAGS)
    assert found.attempted and not found.failed
