"""Affine warp of a depth image without inventing depths."""

from typing import Tuple

import cv2
import numpy as np


def warp_depth(depth_m: np.ndarray, matrix: np.ndarray, size: Tuple[int, int]) -> np.ndarray:
    """Warp a depth image by taking the nearest pixel.

    Interpolation would invent depths between a person and the wall behind,
    and around holes. Every output value is an input value, or 0.

    Args:
        depth_m (np.ndarray): Depth [H, W], 0 = invalid.
        matrix (np.ndarray): [2, 3], takes input pixels (x, y, 1) to output
            pixels (x, y). Integer coordinates are pixel centres.
        size (Tuple[int, int]): The output's width and height in pixels.

    Returns:
        np.ndarray: [height, width] of the input's type. Pixels whose source
        lies outside the image are 0.
    """
    # Not cv2.warpAffine: it first rounds source positions to 1/1024 px.
    width, height = size
    inverse = cv2.invertAffineTransform(np.asarray(matrix, np.float64))
    x = np.arange(width, dtype=np.float64)
    y = np.arange(height, dtype=np.float64)[:, None]
    column = inverse[0, 0] * x + (inverse[0, 1] * y + inverse[0, 2])
    row = inverse[1, 0] * x + (inverse[1, 1] * y + inverse[1, 2])
    return cv2.remap(
        depth_m,
        column.astype(np.float32),
        row.astype(np.float32),
        interpolation=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(0.0,),
    )
