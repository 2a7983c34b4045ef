"""Arrays of NPY and NPZ files: what they are, before they are read.

Both begin each array with its type and shape in text (NumPy Enhancement
Proposal 1); what follows has to be exactly as long as these say. Objects,
which are pickles, are never read.
"""

import math
import os.path as osp
import zipfile
from contextlib import contextmanager
from typing import Any, BinaryIO, Dict, Iterator, NamedTuple, Tuple

import numpy as np

from .bounds import MAX_ARRAY_BYTES, check_bytes

_NUMBERS = 'biuf'


class ArrayHeader(NamedTuple):
    """What the file says of an array.

    Attributes:
        shape (tuple): Its shape.
        dtype (np.dtype): Its type.
        begin (int): Where the numbers begin, bytes from the array's own
            beginning.
    """

    shape: Tuple[int, ...]
    dtype: np.dtype
    begin: int

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def npy_header(path: str) -> ArrayHeader:
    """Type and shape of an NPY file's array.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if it is none, is cut short or is longer
            than it says.
    """
    with _naming(path), open(path, 'rb') as file:
        return _header(file, osp.getsize(path))


def npz_headers(path: str) -> Dict[str, ArrayHeader]:
    """Type and shape of each array of an NPZ file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if it is none or is damaged.
    """
    found = {}
    with _naming(path), zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.endswith('.npy'):
                with archive.open(member) as file:
                    name = member.filename[: -len('.npy')]
                    found[name] = _header(file, member.file_size)
    return found


def read_npz_array(path: str, name: str) -> np.ndarray:
    """One array of numbers of an NPZ file, whose checksum is asked, too.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if there is no such array, it is damaged,
            no array of numbers or larger than ``MAX_ARRAY_BYTES``.
    """
    with _naming(path), zipfile.ZipFile(path) as archive:
        member = archive.getinfo(f'{name}.npy')
        with archive.open(member) as file:
            header = _header(file, member.file_size)
        if header.dtype.kind not in _NUMBERS + 'US':
            raise ValueError(f'"{name}" is {header.dtype} and no array of numbers')
        check_bytes(header.nbytes, MAX_ARRAY_BYTES, f'"{name}"')
        with archive.open(member) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
            # At the very end the checksum is compared.
            file.read(1)
    return array


def map_npy(path: str) -> np.ndarray:
    """An NPY file's array of numbers, of which what is asked for is read.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, if it is damaged or holds no numbers.
    """
    header = npy_header(path)
    with _naming(path):
        if header.dtype.kind not in _NUMBERS:
            raise ValueError(f'it holds {header.dtype} and no numbers')
        if not header.nbytes:
            return np.zeros(header.shape, header.dtype)
        return np.load(path, mmap_mode='r', allow_pickle=False)


def _header(file: 'BinaryIO | Any', size: int) -> ArrayHeader:
    version = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read(file)
    header = ArrayHeader(shape, dtype, file.tell())
    if min(shape, default=0) < 0 or header.begin + header.nbytes != size:
        raise ValueError(
            f'{size - header.begin} bytes instead of {header.nbytes} for {dtype} {shape}; '
            'cut short or damaged'
        )
    return header


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """What numpy and zipfile raise on damaged files becomes a ValueError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        # Anything from EOFError to zlib.error and SyntaxError.
        reason = ' '.join(str(error).split()) or type(error).__name__
        raise ValueError(f'{path}: cannot be read ({reason})') from error
