"""Depth frames in an HDF5 file, read one at a time.

Legend: N frames of H x W pixels, in one HDF5 dataset of shape [N, H, W].
"""

import math
import os
import os.path as osp
from contextlib import contextmanager
from typing import Any, Iterator, NamedTuple, Optional, Tuple

import numpy as np

from .bounds import MAX_ARRAY_BYTES, check_bytes, check_frame_count, check_frame_shape


class FrameLayout(NamedTuple):
    """How the frames of an HDF5 dataset lie in the file.

    Attributes:
        chunks (tuple, optional): Frames, rows and columns of a chunk; ``None``
            where the dataset is contiguous.
        compression (str, optional): Name of the compression.
    """

    chunks: Optional[Tuple[int, ...]]
    compression: Optional[str]

    def __str__(self) -> str:
        if self.chunks is None:
            return 'contiguous, not compressed'
        shape = ' x '.join(map(str, self.chunks))
        return f'in chunks of {shape}, {self.compression or "not"} compressed'

    @property
    def is_slow(self) -> bool:
        """Whether reading one frame means reading many."""
        return self.chunks is not None and self.chunks[0] > 1


def import_h5py() -> Any:
    """Import h5py, or say how to get it.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        raise ImportError('HDF5 files need the package h5py: pip install h5py') from error
    return h5py


def open_hdf5(path: str) -> Any:
    """Open an HDF5 file for reading.

    Args:
        path (str): The file.

    Returns:
        h5py.File: To be closed by the caller.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no HDF5 file or is cut short.
    """
    h5py = import_h5py()
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such file')
    try:
        # Nobody writes these files while they are read, and locks fail on
        # many network drives.
        return h5py.File(path, 'r', locking=False)
    except OSError as error:
        kind = (
            'cut short: was the download or the copy complete?'
            if 'truncated' in str(error)
            else 'not an HDF5 file'
        )
        raise ValueError(f'{path}: {kind} ({error})') from error


@contextmanager
def naming_damage(what: str) -> Iterator[None]:
    """What h5py raises on a damaged file becomes a ValueError with its name.

    Raises:
        ValueError: Naming the file.
    """
    try:
        yield
    except (OSError, RuntimeError, KeyError, TypeError, MemoryError, UnicodeError) as error:
        # The library's reasons, some of them with a list of its own calls.
        raise ValueError(f'{what} is damaged ({" ".join(str(error).split())[:200]})') from error


def get_field(file: Any, name: str, kind: str, shape: Tuple[Optional[int], ...]) -> Any:
    """Return a dataset of an open HDF5 file after checking its form.

    Args:
        file (h5py.File): The open file.
        name (str): The dataset's name.
        kind (str): The kinds that its numbers may have, as in
            ``numpy.dtype.kind``: 'iu' for integers, 'f' for floats.
        shape (tuple): What its shape must be; ``None`` is any length.

    Returns:
        h5py.Dataset: The dataset.

    Raises:
        ValueError: Naming file and field, if it is missing, another, not
            wholly in this file or damaged.
    """
    with naming_damage(file.filename):
        return _checked_field(file, name, kind, shape)


def _checked_field(file: Any, name: str, kind: str, shape: Tuple[Optional[int], ...]) -> Any:
    h5py = import_h5py()
    found = file.get(name)
    if not isinstance(found, h5py.Dataset):
        raise ValueError(
            f'{file.filename}: no field "{name}"; the file holds '
            f'{", ".join(sorted(file)) or "nothing"}'
        )
    fits = len(found.shape) == len(shape) and all(
        wanted in (None, length) for wanted, length in zip(shape, found.shape)
    )
    if found.dtype.kind not in kind or not fits:
        wanted = ', '.join('N' if n is None else str(n) for n in shape)
        raise ValueError(
            f'{file.filename}: field "{name}" is {found.dtype} '
            f'{list(found.shape)}, expected {_kind_names(kind)} [{wanted}]'
        )
    wrong = _why_unreadable(found, file.filename)
    if wrong:
        raise ValueError(f'{file.filename}: field "{name}" {wrong}')
    return found


def _why_unreadable(field: Any, filename: str) -> str:
    """What of a dataset is not as its shape and type say; empty if all is."""
    h5py = import_h5py()
    if field.external or field.is_virtual or field.file.filename != filename:
        return 'has its numbers in another file, which is not read'
    if field.dtype.kind in 'iuf' and not field.id.get_type().equal(
        h5py.h5t.py_create(field.dtype)
    ):
        return 'is of a type of numbers that is not known; damaged?'
    nbytes, stored = math.prod(field.shape) * field.dtype.itemsize, field.id.get_storage_size()
    whole = stored == nbytes if field.chunks is None else bool(stored)
    if nbytes and field.dtype.kind != 'O' and not whole:
        return f'has {stored} bytes for {list(field.shape)}: never written, or damaged'
    if field.chunks is not None:
        check_bytes(
            math.prod(field.chunks) * field.dtype.itemsize, MAX_ARRAY_BYTES, f'{filename}: a chunk'
        )
    return ''


class HDF5Frames:
    """The frames of one HDF5 dataset, read one by one.

    The file is opened when the first frame is read, anew in each process: an
    open HDF5 file can neither be pickled nor shared with a forked process.

    Args:
        path (str): The file.
        field (str): The dataset that holds the frames, [N, H, W]. Defaults to
            'data'.
    """

    def __init__(self, path: str, field: str = 'data') -> None:
        self.path = path
        self.field = field
        self._file: Any = None
        self._frames: Any = None
        self._pid: Optional[int] = None

    def __len__(self) -> int:
        return len(self._open())

    def __getitem__(self, index: int) -> np.ndarray:
        """Return frame ``index``, [H, W], as it is stored.

        Raises:
            FileNotFoundError: If the file is missing.
            IndexError: If there is no such frame.
            ValueError: If the file or the frame cannot be read.
        """
        frames = self._open()
        if not 0 <= index < len(frames):
            raise IndexError(f'{self.path}: no frame {index}, "{self.field}" has {len(frames)}')
        with naming_damage(f'{self.path}: frame {index} of "{self.field}"'):
            return frames[index]

    @property
    def layout(self) -> FrameLayout:
        """How the frames lie in the file."""
        frames = self._open()
        return FrameLayout(frames.chunks, frames.compression)

    @property
    def image_size(self) -> Tuple[int, int]:
        """Width and height of a frame, pixels."""
        return self._open().shape[2], self._open().shape[1]

    def close(self) -> None:
        """Close the file; reading a frame opens it again."""
        if self._file is not None:
            self._file.close()
        self._file = self._frames = self._pid = None

    def _open(self) -> Any:
        if self._pid != os.getpid():
            # In a forked process the parent's handle is closed first, or
            # HDF5 would give it out again as if it were a new one.
            self.close()
            self._file = open_hdf5(self.path)
            self._frames = get_field(self._file, self.field, 'fiu', (None, None, None))
            check_frame_count(self._frames.shape[0], self.path)
            check_frame_shape(self._frames.shape[1:], self.path)
            self._pid = os.getpid()
        return self._frames

    def __getstate__(self) -> dict:
        return dict(self.__dict__, _file=None, _frames=None, _pid=None)


def _kind_names(kind: str) -> str:
    names = dict(f='floats', i='integers', S='text', b='flags')
    return ' or '.join(name for k, name in names.items() if k in kind)
