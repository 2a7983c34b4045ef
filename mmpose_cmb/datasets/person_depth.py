"""A person's distance from a crop of a depth image, and depth relative to it.
"""
import numpy as np


def estimate_person_depth(crop_m: np.ndarray,
                          central_part: float = 0.5) -> float:
    """Estimate how far away the person in the middle of a crop is.

    Args:
        crop_m (np.ndarray): Depth in metres, [H, W], 0 = invalid.
        central_part (float): The part of height and width that is looked at,
            around the centre.

    Returns:
        float: Metres; NaN where no pixel of the crop is valid.
    """
    height, width = crop_m.shape
    top = int(height * (1 - central_part) / 2)
    left = int(width * (1 - central_part) / 2)
    for part in (crop_m[top:height - top, left:width - left], crop_m):
        valid = part[part > 0]
        if valid.size:
            return float(np.median(valid))
    return float('nan')


def normalize_depth(crop_m: np.ndarray,
                    person_depth_m: float,
                    half_range_m: float,
                    hole_value: float = 1.0) -> np.ndarray:
    """Express depth relative to the person's, in [-1, 1].

    Args:
        crop_m (np.ndarray): Depth in metres, [H, W], 0 = invalid.
        person_depth_m (float): The depth that becomes 0.
        half_range_m (float): This much nearer becomes -1, this much farther
            +1; what lies beyond is clipped, so background is +1.
        hole_value (float): What invalid pixels become. Defaults to 1.0.

    Returns:
        np.ndarray: float32 [H, W].
    """
    normalized = (crop_m - np.float32(person_depth_m)) / np.float32(
        half_range_m)
    np.clip(normalized, -1, 1, out=normalized)
    normalized[crop_m <= 0] = hole_value
    return normalized.astype(np.float32, copy=False)
