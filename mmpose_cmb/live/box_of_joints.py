"""The box around a person's joints."""

from typing import Optional, Tuple

import numpy as np

MIN_SIDE_PX = 8


def box_of_joints(
    keypoints_px: np.ndarray, image_size: Tuple[int, int], padding: float = 0.1
) -> Optional[np.ndarray]:
    """The joints' extent, widened and kept within the image.

    Args:
        keypoints_px (np.ndarray): ``[K, 2]``, pixels of the frame; rows that
            are not finite are left out.
        image_size (Tuple[int, int]): Width and height of the frame, pixels.
        padding (float): Added on all four sides, part of the extent's longer
            side. Joints lie inside the body, and the body moves on. Defaults
            to 0.1.

    Returns:
        np.ndarray, optional: x1, y1, x2, y2, pixels, float32; None where too
        little of it lies within the image.
    """
    points = keypoints_px[np.isfinite(keypoints_px).all(axis=-1)]
    if not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    margin = padding * (high - low).max()
    limit = np.array(image_size) - 1
    low = np.clip(low - margin, 0, limit)
    high = np.clip(high + margin, 0, limit)
    if (high - low).min() < MIN_SIDE_PX:
        return None
    return np.concatenate([low, high]).astype(np.float32)
