"""How large a file from outside may be; asked before anything is decoded.

A file of a few bytes can declare gigabytes. What is larger than any depth
camera's is refused by what the header says, so that neither memory nor time
goes into it. docs/robustness.md lists the bounds.
"""

import math
import os
from typing import Sequence

# 4096 x 4096: sixteen times what the finest depth camera gives.
MAX_FRAME_PIXELS = 2**24
# Nine hours at 30 frames a second.
MAX_FRAMES = 2**20
# Of an array that is decompressed whole, and of text.
MAX_ARRAY_BYTES = 2**30
MAX_TEXT_BYTES = 2**29


def check_frame_shape(shape: Sequence[int], path: str) -> None:
    """Refuse a frame that no depth camera gives.

    Args:
        shape (Sequence[int]): Height and width, pixels.
        path (str): The file, for the message.

    Raises:
        ValueError: If it has more than ``MAX_FRAME_PIXELS``.

    Example:
        >>> check_frame_shape((60000, 60000), 'a.png')
        Traceback (most recent call last):
            ...
        ValueError: a.png: a frame of 60000 x 60000 pixels; at most 16777216 are read
    """
    if math.prod(shape) > MAX_FRAME_PIXELS:
        height, width = shape
        raise ValueError(
            f'{path}: a frame of {width} x {height} pixels; at most {MAX_FRAME_PIXELS} are read'
        )


def check_frame_count(count: int, path: str) -> None:
    """Refuse more frames than ``MAX_FRAMES``.

    Raises:
        ValueError: Naming the file.
    """
    if count > MAX_FRAMES:
        raise ValueError(f'{path}: {count} frames; at most {MAX_FRAMES} are read from a file')


def check_bytes(count: int, most: int, path: 'str | os.PathLike[str]') -> None:
    """Refuse more bytes than are read at once.

    Raises:
        ValueError: Naming the file.
    """
    if count > most:
        raise ValueError(f'{os.fspath(path)}: {count} bytes; at most {most} are read at once')
