"""Which files may be written over.

What a program was given to read is never written over. A command-line tool
replaces nothing that it finds, either, unless it is told to; libraries do, as
a program that calls them knows what it does. ``whole_file`` asks before it
writes, so that all writers hold to it.
"""

import os
import os.path as osp
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Iterator, List, Set

OPTION = '--overwrite'


@dataclass
class _Kept:
    """What holds in this process."""

    inputs: Set[str] = field(default_factory=set)
    existing: bool = False
    written: Set[str] = field(default_factory=set)
    own_folders: List[str] = field(default_factory=list)


_kept = _Kept()
_real_folder = lru_cache(maxsize=64)(osp.realpath)


@contextmanager
def keeping_existing() -> Iterator[None]:
    """Within, no file that exists already is written over."""
    global _kept
    before, _kept = _kept, _Kept(existing=True)
    try:
        yield
    finally:
        _kept = before


def allow_overwriting() -> None:
    """From now on files may be written over, all but inputs."""
    _kept.existing = False


def own_folder(path: 'str | os.PathLike[str]') -> None:
    """Note a folder that is known to be an earlier run's, which goes on there."""
    _kept.own_folders.append(_real_folder(osp.abspath(path)) + os.sep)


def keep(path: 'str | os.PathLike[str]') -> None:
    """Note an input, which is not to be written over."""
    _kept.inputs.add(_place(path))


def check_output(path: 'str | os.PathLike[str]') -> None:
    """Refuse a file that is not to be written over.

    Args:
        path (str | Path): The file that is about to be written.

    Raises:
        FileExistsError: If it is an input, or is there already, see this
            module.
        NotADirectoryError: If there is a file in the place of its folder.

    Example:
        >>> import tempfile
        >>> _, recording = tempfile.mkstemp('.h5')
        >>> keep(recording)
        >>> check_output(recording)
        Traceback (most recent call last):
            ...
        FileExistsError: ...: is an input and would be lost; write to another place
    """
    path = os.fspath(path)
    check_folder(osp.dirname(osp.abspath(path)))
    if not osp.lexists(path):
        return
    place = _place(path)
    if place in _kept.written:
        return
    if place in _kept.inputs:
        raise FileExistsError(f'{path}: is an input and would be lost; write to another place')
    if _kept.existing and not place.startswith(tuple(_kept.own_folders)):
        raise FileExistsError(
            f'{path}: is there already; {OPTION} replaces it, or write to another place'
        )


def check_folder(path: 'str | os.PathLike[str]') -> None:
    """Refuse a folder in whose place, or above which, is a file.

    Raises:
        NotADirectoryError: Naming that file.
    """
    folder = osp.abspath(path)
    while not osp.lexists(folder):
        folder = osp.dirname(folder)
    if not osp.isdir(folder):
        raise NotADirectoryError(f'{folder}: is a file, and a folder is needed there')


def note_written(path: 'str | os.PathLike[str]') -> None:
    """Note a file that this process has made: it may do so again."""
    _kept.written.add(_place(path))


def _place(path: 'str | os.PathLike[str]') -> str:
    """Where a file lies, whatever links lead there."""
    folder, name = osp.split(osp.abspath(path))
    place = osp.join(_real_folder(folder), name)
    return osp.realpath(place) if osp.islink(place) else place
