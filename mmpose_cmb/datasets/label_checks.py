"""Whether joints, camera and depth images belong together.

Legend: N frames, K joints, images of H x W pixels. Wrong units, intrinsics or
axes still train; these numbers tell them before.
"""

from typing import Optional, Sequence

import numpy as np

from ..camera import Camera, project

MAX_MEDIAN_ERROR_PX = 3.0
# Of one person: feet are 3.3, centimetres 100 to the metre.
MAX_UNIT_RATIO = 3.0


def intrinsics_array(camera: Camera) -> np.ndarray:
    """Return fx, fy, cx, cy in pixels, float32 [4], as data infos hold it."""
    return np.array(camera[:4], np.float32)


def projection_errors_px(
    keypoints_cam: np.ndarray, keypoints: np.ndarray, camera: Camera
) -> np.ndarray:
    """Distances of the projected 3D joints from the 2D ones.

    Args:
        keypoints_cam (np.ndarray): (..., K, 3), metres, y down, z > 0.
        keypoints (np.ndarray): (..., K, 2), pixels.
        camera (Camera): The camera.

    Returns:
        np.ndarray: (..., K), pixels.
    """
    return np.linalg.norm(project(keypoints_cam, camera) - keypoints, axis=-1)


def why_not_in_space(
    keypoints_cam: np.ndarray, keypoints: np.ndarray, camera: Camera, depth_m: np.ndarray
) -> Optional[str]:
    """Why joints in space cannot be those of the labels in the image, if so.

    Args:
        keypoints_cam (np.ndarray): (k, 3), metres, y down.
        keypoints (np.ndarray): The same joints, (k, 2), pixels.
        camera (Camera): The camera.
        depth_m (np.ndarray): (H, W), metres, 0 = invalid.
    """
    if not len(keypoints):
        return None
    behind = keypoints_cam[:, 2] <= 0
    if behind.any():
        return f'z of keypoints_cam is {keypoints_cam[behind][0, 2]:g}: it points forward, metres'
    error_px = float(np.median(projection_errors_px(keypoints_cam, keypoints, camera)))
    if not error_px <= MAX_MEDIAN_ERROR_PX:
        return (
            f'projected with the intrinsics, keypoints_cam lie {error_px:.1f} pixels (median) '
            'from the keypoints. Are they in metres, y downwards, and the intrinsics those of '
            'images of this size?'
        )
    ratio = median_depth_ratio([depth_m], [keypoints], [keypoints_cam[:, 2]])
    # Half of a person may be hidden: what a unit changes is more.
    if ratio > MAX_UNIT_RATIO or ratio < 1 / MAX_UNIT_RATIO:
        return (
            f'its joints lie {ratio:.3g} times as far away (median) as the surface at their '
            'pixels: keypoints_cam in another unit than metres?'
        )
    return None


def surface_gaps_m(
    depth_m: np.ndarray, keypoints: np.ndarray, joint_depth_m: np.ndarray
) -> np.ndarray:
    """How far joints lie behind the surface that is seen at their pixels.

    Args:
        depth_m (np.ndarray): (H, W), metres, 0 = invalid.
        keypoints (np.ndarray): (K, 2), pixels.
        joint_depth_m (np.ndarray): (K,), z of the joints, metres.

    Returns:
        np.ndarray: (K,), metres; negative in front of the surface, NaN where
        the pixel is outside the image or a hole.
    """
    height, width = depth_m.shape
    x, y = np.rint(keypoints).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    surface = depth_m[y.clip(0, height - 1), x.clip(0, width - 1)]
    return np.where(inside & (surface > 0), joint_depth_m - surface, np.nan)


def median_surface_gap_m(
    frames: Sequence[np.ndarray],
    keypoints: Sequence[np.ndarray],
    joint_depths_m: Sequence[np.ndarray],
) -> float:
    """Median distance, before or behind, of joints from the seen surface.

    A few centimetres for joints that the camera sees: they lie inside the
    body.

    Args:
        frames (Sequence[np.ndarray]): Depth images, (H, W), metres.
        keypoints (Sequence[np.ndarray]): Their joints, (K, 2), pixels.
        joint_depths_m (Sequence[np.ndarray]): Their z, (K,), metres.

    Returns:
        float: Metres; NaN where no joint lies on a valid pixel.
    """
    gaps = [surface_gaps_m(*frame) for frame in zip(frames, keypoints, joint_depths_m)]
    return _median(np.abs(np.concatenate(gaps)))


def median_depth_ratio(
    frames: Sequence[np.ndarray],
    keypoints: Sequence[np.ndarray],
    joint_depths_m: Sequence[np.ndarray],
) -> float:
    """Median of the joints' depth over that of the surface at their pixels.

    Near 1, whatever the size of the body and the view; far from it where the
    depth images have another unit.

    Args:
        frames, keypoints, joint_depths_m: See :func:`median_surface_gap_m`.

    Returns:
        float: NaN where no joint lies on a valid pixel.
    """
    ratios = [
        depth / (depth - surface_gaps_m(frame, pixels, depth))
        for frame, pixels, depth in zip(frames, keypoints, joint_depths_m)
    ]
    return _median(np.concatenate(ratios))


def spread_rows(count: int, number: int) -> np.ndarray:
    """Up to ``number`` of ``count`` rows, spread evenly, first and last in."""
    return np.unique(np.linspace(0, count - 1, min(count, number)).astype(int))


def _median(values: np.ndarray) -> float:
    values = values[~np.isnan(values)]
    return float(np.median(values)) if values.size else float('nan')
