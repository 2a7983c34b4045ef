"""ASTAR's raw depth images.

``.skdepth`` holds int16 millimetres, row by row, 320 x 240 pixels, without a
header.
"""
import os.path as osp
from typing import Optional

import numpy as np

from .depth_io import depth_to_metres

WIDTH, HEIGHT = 320, 240
# Seen in the files where the camera measured nothing.
SENTINEL = 32001
BACKGROUND_M = 0.83


def read_skdepth(path: str,
                 background_m: Optional[float] = BACKGROUND_M) -> np.ndarray:
    """Read a ``.skdepth`` file.

    Args:
        path (str): The file.
        background_m (float, optional): What lies farther away becomes
            invalid: the hand is nearer. Defaults to 0.83; ``None`` keeps it.

    Returns:
        np.ndarray: Depth in metres, float32 [240, 320], 0 = invalid.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If its size is not that of an image.
    """
    depth_m = depth_to_metres(
        read_stored_skdepth(path), 0.001, (0, SENTINEL), source=path)
    if background_m is not None:
        depth_m[depth_m > background_m] = 0
    return depth_m


def read_stored_skdepth(path: str) -> np.ndarray:
    """Return the int16 millimetres of a ``.skdepth`` file, [240, 320].

    Raises:
        FileNotFoundError, ValueError: As :func:`read_skdepth`.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such depth image')
    stored = np.fromfile(path, '<i2')
    if osp.getsize(path) != 2 * WIDTH * HEIGHT:
        raise ValueError(
            f'{path}: {osp.getsize(path)} bytes instead of '
            f'{2 * WIDTH * HEIGHT} (int16, {WIDTH} x {HEIGHT} pixels); cut '
            'short, or not a raw depth image?')
    return stored.reshape(HEIGHT, WIDTH)
