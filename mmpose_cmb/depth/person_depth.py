"""A person's distance from a crop of a depth image, and depth relative to it."""

import numpy as np

# Measured on 64 real ITOP front-view frames against the median depth of the
# joints, with boxes as a test gives them and with boxes shifted, scaled and
# rotated as in training; see docs/data.md.
CENTRAL_PART = 0.5
NEAR_QUANTILE = 0.2
BODY_HALF_DEPTH_M = 0.3


def estimate_person_depth(crop_m: np.ndarray, half_range_m: float = np.inf) -> float:
    """Estimate how far away the person in the middle of a crop is.

    A near quantile of the crop's central part finds the person whether or
    not more wall than person is seen there; the median around it is then
    taken over the person's pixels alone.

    Args:
        crop_m (np.ndarray): Depth in metres, [H, W], 0 = invalid.
        half_range_m (float): That of :func:`normalize_depth`: what it clips is
            nobody's, as the body close behind a hand. Defaults to infinity.

    Returns:
        float: Metres to the body's visible surface, some 4 cm nearer than the
        joints; NaN where no pixel of the crop is valid.
    """
    height, width = crop_m.shape
    top = int(height * (1 - CENTRAL_PART) / 2)
    left = int(width * (1 - CENTRAL_PART) / 2)
    for part in (crop_m[top : height - top, left : width - left], crop_m):
        valid = part[part > 0]
        if valid.size:
            rank = int(NEAR_QUANTILE * (valid.size - 1))
            near_m = np.partition(valid, rank)[rank]
            body = valid[np.abs(valid - near_m) <= min(BODY_HALF_DEPTH_M, half_range_m)]
            return float(np.median(body))
    return float('nan')


def normalize_depth(
    crop_m: np.ndarray, person_depth_m: float, half_range_m: float, hole_value: float = 1.0
) -> np.ndarray:
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
    normalized = (crop_m - np.float32(person_depth_m)) / np.float32(half_range_m)
    np.clip(normalized, -1, 1, out=normalized)
    np.copyto(normalized, hole_value, where=crop_m <= 0)
    return normalized
