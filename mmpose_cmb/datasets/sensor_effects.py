"""What depth sensors do to depth, as functions of arrays.

Every function takes depth in metres, float32 [H, W] with 0 = invalid, and
returns a new array of that kind. A hole stays a hole, and only the functions
that make holes make any.

Depth noise and step that grow with the square of the distance are those of
triangulating sensors: Khoshelham and Elberink, "Accuracy and Resolution of
Kinect Depth Data for Indoor Mapping Applications", Sensors 2012.
"""

import cv2
import numpy as np

# A measurement never comes closer to 0, which would mean a hole.
NEAREST_M = 1e-3


def add_axial_noise(
    depth_m: np.ndarray, noise: np.ndarray, std_m: float = 0.0, std_per_m: float = 0.0
) -> np.ndarray:
    """Add noise along the line of sight of std ``std_m + std_per_m * z**2``.

    Args:
        depth_m (np.ndarray): Depth in metres, [H, W].
        noise (np.ndarray): Standard normal numbers, [H, W].
        std_m (float): The part of the standard deviation that does not
            depend on distance, metres.
        std_per_m (float): The part that grows with the squared distance, in
            metres at 1 m.

    Returns:
        np.ndarray: Depth in metres, [H, W].
    """
    noisy = depth_m + noise * (std_m + std_per_m * depth_m**2)
    return _where_valid(depth_m, noisy)


def quantize_depth(
    depth_m: np.ndarray, step_m: float = 0.0, step_per_m: float = 0.0
) -> np.ndarray:
    """Round depth to the steps of a sensor and of its file format.

    Args:
        depth_m (np.ndarray): Depth in metres, [H, W].
        step_m (float): Fixed step of the stored value, metres; 0 for none.
        step_per_m (float): Step at 1 m of a sensor that measures disparity,
            that is inverse depth; at z metres the step is ``step_per_m *
            z**2``. 0 for none.

    Returns:
        np.ndarray: Depth in metres, [H, W].
    """
    quantized = depth_m
    if step_per_m > 0:
        inverse = 1 / np.maximum(depth_m, NEAREST_M)
        # At least one disparity step, or what is far would become infinite.
        steps = np.maximum(np.rint(inverse / step_per_m), 1)
        quantized = 1 / (steps * step_per_m)
    if step_m > 0:
        quantized = np.maximum(np.rint(quantized / step_m), 1) * step_m
    return _where_valid(depth_m, quantized)


def shift_depth(depth_m: np.ndarray, shift_m: float) -> np.ndarray:
    """Move every measurement nearer or farther by the same length, metres."""
    return _where_valid(depth_m, depth_m + np.float32(shift_m))


def cut_blobs(depth_m: np.ndarray, blobs: np.ndarray) -> np.ndarray:
    """Make elliptical holes.

    Args:
        depth_m (np.ndarray): Depth in metres, [H, W].
        blobs (np.ndarray): [N, 5]: centre x, y and half axes a, b as parts of
            the image's width, height, width and height; angle in degrees.

    Returns:
        np.ndarray: Depth in metres, [H, W].
    """
    height, width = depth_m.shape
    holed = np.array(depth_m, np.float32)
    for x, y, a, b, angle in blobs:
        center = (int(x * width), int(y * height))
        axes = (round(float(a * width)), round(float(b * height)))
        cv2.ellipse(holed, center, axes, float(angle), 0, 360, 0.0, -1)
    return holed


def drop_edges(depth_m: np.ndarray, uniform: np.ndarray, edge_m: float, prob: float) -> np.ndarray:
    """Lose pixels at random where depth jumps.

    Args:
        depth_m (np.ndarray): Depth in metres, [H, W].
        uniform (np.ndarray): Random numbers in [0, 1), [H, W].
        edge_m (float): A valid pixel is at an edge where the valid pixels of
            its 3 x 3 neighbourhood differ by more than this, metres.
        prob (float): The part of these pixels that is lost.

    Returns:
        np.ndarray: Depth in metres, [H, W].
    """
    neighbourhood = np.ones((3, 3), np.uint8)
    farthest = cv2.dilate(depth_m, neighbourhood)
    # A hole is neither near nor far: it must not be an edge's near side.
    nearest = cv2.erode(np.where(depth_m > 0, depth_m, np.float32(np.inf)), neighbourhood)
    lost = (farthest - nearest > edge_m) & (uniform < prob)
    return np.where(lost, np.float32(0), depth_m)


def _where_valid(depth_m: np.ndarray, changed: np.ndarray) -> np.ndarray:
    """Return what has changed where it was valid, and holes elsewhere."""
    return np.where(depth_m > 0, np.maximum(changed, NEAREST_M), 0).astype(np.float32)
