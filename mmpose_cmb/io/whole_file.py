"""Files that are never seen half written."""

import json
import os
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator, Optional, Union

from .kept_files import check_folder, check_output, note_written

AnyPath = Union[str, 'os.PathLike[str]']


@contextmanager
def whole_file(path: AnyPath) -> Iterator[str]:
    """A name to write to; what lies there becomes ``path`` at the end.

    The name is hidden, lies beside ``path`` and has its suffix, by which
    many libraries tell the format. After an error nothing is left of it, and
    a file that was at ``path`` is still there; only a killed process leaves a
    ``.part-*``.

    Args:
        path (str | Path): The file; missing folders are made.

    Yields:
        str: The name to write to.

    Raises:
        FileExistsError: If the file is there and to be kept, see
            ``kept_files``.
        OSError: If the file cannot be written, naming it.

    Example:
        >>> import tempfile
        >>> path = tempfile.mkdtemp() + '/figures/note.txt'
        >>> with whole_file(path) as aside, open(aside, 'w') as file:
        ...     _ = file.write('done')
        >>> open(path).read()
        'done'
    """
    target = Path(path)
    check_output(target)
    make_folder(target.parent)
    aside = target.with_name(f'.part-{uuid.uuid4().hex}{target.suffix}')
    try:
        yield str(aside)
        os.replace(aside, target)
        note_written(target)
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(aside)):
            raise
        # As when the disk is full.
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


def make_folder(path: AnyPath) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        NotADirectoryError: If a file is in the way, naming it.
        OSError: If it cannot be made.
    """
    check_folder(path)
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        # Which begins with one about the folders above.
        raise OSError(error.errno, error.strerror, error.filename) from None


def write_bytes(path: AnyPath, content: bytes) -> None:
    """Write bytes; the file appears whole or not at all.

    Args:
        path (str | Path): The file; missing folders are made.
        content (bytes): All of it.
    """
    with whole_file(path) as aside:
        Path(aside).write_bytes(content)


def write_text(path: AnyPath, content: str) -> None:
    """Write text as UTF-8, its line ends as they are; whole or not at all.

    Args:
        path (str | Path): The file; missing folders are made.
        content (str): All of it.
    """
    write_bytes(path, content.encode())


def write_json(path: AnyPath, data: Any, indent: Optional[int] = None) -> None:
    """Write JSON and a line end; the file appears whole or not at all.

    Args:
        path (str | Path): The file; missing folders are made.
        data (Any): What JSON holds.
        indent (int, optional): Spaces a level. Defaults to None: one line.

    Raises:
        ValueError: Naming the file, if a number is not finite, which only
            some programs read.
    """
    try:
        text = json.dumps(data, indent=indent, allow_nan=False)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    write_text(path, text + '\n')


def write_npz(path: AnyPath, **arrays: Any) -> None:
    """Write arrays as a compressed ``.npz``; whole or not at all.

    Args:
        path (str | Path): The file; missing folders are made.
        **arrays (np.ndarray): By their names in the file.
    """
    import numpy as np

    with whole_file(path) as aside, open(aside, 'wb') as file:
        np.savez_compressed(file, **arrays)
