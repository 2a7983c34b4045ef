"""NumPy's arrays in a checkpoint, without what NumPy's own classes allow.

An array is pickled as a call, an element type and a state. ``numpy.dtype``
takes any state later, also one that makes the elements of an existing array
larger than its memory, so that what lies beside it is read. Here stand-ins
take the place of NumPy's functions: an element type is a plain number or
text and never changes, and an array has exactly as many bytes as it needs.
"""

import math
import re
from typing import Any, Tuple

import numpy as np

# bool, integers, floats, and text of a fixed length.
_CODE = re.compile(r'b1|[iu][1248]|f(?:2|4|8|16)|[SU]\d{1,6}')


class ElementType:
    """What ``numpy.dtype`` is in a checkpoint.

    Args:
        code (str): Kind and size, such as 'f8'.

    Raises:
        ValueError: If it is no plain number or text.
    """

    def __init__(self, code: str, align: bool = False, copy: bool = True) -> None:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise ValueError(f'refused an array of {code!r} in a checkpoint')
        self.dtype = np.dtype(code)

    def __setstate__(self, state: Tuple[Any, ...]) -> None:
        dtype = self.dtype.newbyteorder(state[1])
        if state != dtype.__reduce__()[2]:
            raise ValueError('refused a changed type of an array in a checkpoint')
        self.dtype = dtype


class CheckpointArray(np.ndarray):
    """An array of a checkpoint; what is made of it, and stored, is numpy's."""

    def __new__(cls, *_: Any) -> 'CheckpointArray':
        # Whatever a file asks for: numpy's own would give memory as it was.
        return super().__new__(cls, (0,), np.uint8)

    def __setstate__(self, state: Tuple[Any, ...]) -> None:
        _, shape, element, by_column, content = state
        dtype = _dtype_of(element)
        size = math.prod(shape) * dtype.itemsize
        if not isinstance(content, bytes) or len(content) != size or min(shape, default=0) < 0:
            raise ValueError('refused an array in a checkpoint whose size is not that of its data')
        # NumPy 1 and 2 type a state differently.
        checked: Any = (1, shape, dtype, bool(by_column), content)
        super().__setstate__(checked)

    def __array_wrap__(self, array: np.ndarray, *_: Any) -> Any:
        return array.view(np.ndarray)[()]

    def __reduce__(self) -> Any:
        return self.view(np.ndarray).__reduce__()


def reconstruct(kind: type, shape: tuple, code: bytes) -> CheckpointArray:
    """What ``numpy.core.multiarray._reconstruct`` is in a checkpoint."""
    return CheckpointArray()


def scalar(element: ElementType, content: bytes) -> np.generic:
    """What ``numpy.core.multiarray.scalar`` is in a checkpoint."""
    dtype = _dtype_of(element)
    if not isinstance(content, bytes) or len(content) != dtype.itemsize:
        raise ValueError('refused a number in a checkpoint whose size is not that of its data')
    return np.frombuffer(content, dtype)[0]


def _dtype_of(element: Any) -> np.dtype:
    if not isinstance(element, ElementType):
        raise ValueError('refused an array without a type in a checkpoint')
    return element.dtype
