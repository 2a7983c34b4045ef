"""A whole frame in a network's input, as what a metre is worth there.

Depth that is divided by the focal length tells how many pixels a metre takes,
so a person has the size that the input's values say, whatever the camera.
"""

from typing import Tuple

import cv2
import numpy as np

from ..camera import Camera
from .depth_warp import warp_depth
from .smoothing import smooth_depth

# What is nearer is no person that a frame can hold.
NEAREST_M = 0.3
# So that people have values around 1.
PIXELS_PER_UNIT = 100.0
# Standard deviation of the blur before every second or third pixel is taken,
# pixels of the input: what a frame's pixels are by chance (noise, rims of what
# was resized before) would become the input's.
SMOOTHED_PX = 0.5


def letterbox_matrix(frame_size: Tuple[int, int], input_size: Tuple[int, int]) -> np.ndarray:
    """The [2, 3] matrix from the frame's pixels to the input's.

    The frame keeps its shape and lies in the middle of the input.

    Args:
        frame_size (Tuple[int, int]): Width and height, pixels.
        input_size (Tuple[int, int]): Width and height, pixels.

    Example:
        >>> letterbox_matrix((321, 161), (161, 161)) @ [320, 160, 1]
        array([160., 120.])
    """
    # From the first to the last pixel's centre.
    frame, fitted = np.array(frame_size) - 1, np.array(input_size) - 1
    factor = (fitted / frame).min()
    return np.column_stack([factor * np.eye(2), (fitted - factor * frame) / 2])


def pixels_per_metre(
    depth_m: np.ndarray,
    focal_px: float,
    nearest_m: float = NEAREST_M,
    pixels_per_unit: float = PIXELS_PER_UNIT,
) -> np.ndarray:
    """How many pixels a metre takes where each pixel's surface is, in units.

    Args:
        depth_m (np.ndarray): [H, W], metres, 0 = invalid.
        focal_px (float): Focal length in pixels of this image.
        nearest_m (float): What is nearer is a hole. Defaults to 0.3.
        pixels_per_unit (float): Defaults to 100.

    Returns:
        np.ndarray: [H, W] float32; 0 for holes.
    """
    usable = depth_m >= nearest_m
    scale = np.float32(focal_px / pixels_per_unit)
    return scale * usable / np.where(usable, depth_m, np.float32(1))


def letterbox_frame(
    depth_m: np.ndarray, matrix: np.ndarray, input_size: Tuple[int, int], camera: Camera
) -> Tuple[np.ndarray, float]:
    """Blur a frame, warp it into the input, and its focal length with it.

    Args:
        depth_m (np.ndarray): [H, W], metres, 0 = invalid.
        matrix (np.ndarray): [2, 3], as :func:`letterbox_matrix` gives it.
        input_size (Tuple[int, int]): Width and height, pixels.
        camera (Camera): The frame's.

    Returns:
        tuple: The input, metres, and its focal length in its own pixels.
    """
    factor = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    smooth_m = smooth_depth(depth_m, SMOOTHED_PX / factor)
    return warp_depth(smooth_m, matrix, input_size), float(np.mean(camera[:2]) * factor)


def move_boxes(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The extents of boxes that an affine map has moved.

    Args:
        boxes (np.ndarray): [N, 4], x1, y1, x2, y2, pixels.
        matrix (np.ndarray): [2, 3], as :func:`letterbox_matrix` gives it.

    Returns:
        np.ndarray: [N, 4] float32.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)[:, [0, 1, 2, 1, 0, 3, 2, 3]]
    moved = cv2.transform(corners.reshape(-1, 4, 2), matrix) if len(corners) else corners
    moved = moved.reshape(-1, 4, 2)
    return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).astype(np.float32)
