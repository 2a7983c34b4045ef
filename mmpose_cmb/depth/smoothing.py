"""Blurring depth without letting holes into it."""

import cv2
import numpy as np


def smooth_depth(depth_m: np.ndarray, sigma_px: float) -> np.ndarray:
    """Blur as resizing and filters do; holes take no part and stay holes.

    Args:
        depth_m (np.ndarray): Depth in metres, float32 [H, W], 0 = invalid.
        sigma_px (float): Standard deviation of the Gaussian, pixels, > 0.

    Returns:
        np.ndarray: Depth in metres, float32 [H, W].
    """
    valid = depth_m > 0
    summed = cv2.GaussianBlur(depth_m, (0, 0), sigma_px)
    weight = cv2.GaussianBlur(valid.astype(np.float32), (0, 0), sigma_px)
    # Where a pixel is valid it weighs something itself.
    return summed * valid / np.where(valid, weight, np.float32(1))
