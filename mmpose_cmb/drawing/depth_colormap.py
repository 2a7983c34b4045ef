"""Colours for depth images: near is warm, far is cold, holes stand out."""

from typing import Optional, Tuple

import cv2
import numpy as np

# Turbo has every hue but no grey.
INVALID_COLOR = (96, 96, 100)


def depth_range(
    depth_m: np.ndarray, percentiles: Tuple[float, float] = (1.0, 99.0)
) -> Tuple[float, float]:
    """Nearest and farthest depth but for a few outliers, in metres.

    Args:
        depth_m (np.ndarray): Depth in metres, shape [H, W]; 0, negative and
            not finite values are invalid.
        percentiles (tuple): Of the valid pixels. Defaults to (1, 99).

    Returns:
        tuple[float, float]: near_m and far_m; (0, 1) without a valid pixel.
    """
    valid = depth_m[_is_valid(depth_m)]
    if not valid.size:
        return 0.0, 1.0
    near_m, far_m = np.percentile(valid, percentiles)
    return float(near_m), float(far_m)


def colorize_depth(
    depth_m: np.ndarray,
    near_m: Optional[float] = None,
    far_m: Optional[float] = None,
    *,
    invalid_color: Tuple[int, int, int] = INVALID_COLOR,
    colormap: str = 'turbo',
) -> np.ndarray:
    """Turn depth into an RGB image.

    Args:
        depth_m (np.ndarray): Depth in metres, shape [H, W]; 0, negative and
            not finite values are invalid.
        near_m (float, optional): Depth that gets the near end of the colour
            map; nearer pixels do too. Defaults to None: the 1st percentile
            of the valid pixels.
        far_m (float, optional): The same for the far end. Defaults to None:
            the 99th percentile.
        invalid_color (tuple): RGB of invalid pixels, 0..255.
        colormap (str): Name of an OpenCV colour map, such as 'bone'; its
            upper end means near. Defaults to 'turbo'.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB.

    Raises:
        ValueError: If ``depth_m`` is not [H, W], the range is empty, or there
            is no such colour map.
    """
    depth_m = np.asarray(depth_m, dtype=np.float32)
    if depth_m.ndim != 2:
        raise ValueError(f'depth must have the shape [H, W], got {depth_m.shape}')
    code = getattr(cv2, f'COLORMAP_{colormap.upper()}', None)
    if code is None:
        raise ValueError(f'OpenCV has no colour map "{colormap}"')
    near, far = depth_range(depth_m)
    near = near if near_m is None else near_m
    far = far if far_m is None else far_m
    if far < near:
        raise ValueError(f'the depth range is empty: near {near} m, far {far} m')
    valid = _is_valid(depth_m)
    # A flat wall has no range of its own; any span will do.
    nearness = (far - np.where(valid, depth_m, far)) / max(far - near, 1e-6)
    levels = (np.clip(nearness, 0, 1) * 255).round().astype(np.uint8)
    rgb = cv2.cvtColor(cv2.applyColorMap(levels, code), cv2.COLOR_BGR2RGB)
    rgb[~valid] = invalid_color
    return rgb


def _is_valid(depth_m: np.ndarray) -> np.ndarray:
    return np.isfinite(depth_m) & (depth_m > 0)
