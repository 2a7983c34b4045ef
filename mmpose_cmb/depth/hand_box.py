"""The box of a hand that is held out before the camera."""

from typing import Optional, Tuple

import cv2
import numpy as np

from ..camera import Camera

# Depth is looked at in cells of this size, the nearest pixel of each: fingers stay.
CELL_M = 0.008
# Neighbours that are farther apart belong to two surfaces.
JUMP_M = 0.03
# Less is a speck: a hand from its narrow side shows some 20 cm2.
LEAST_AREA_M2 = 0.0015
# A hand with its wrist is not larger; an arm is.
HAND_M = 0.23
# An arm that goes this much farther away than its nearest point comes from there.
ARM_DEPTH_M = 0.35
# From the end of a stretched hand to the middle of its palm; from there to the wrist,
# and to the fingers' tips.
PALM_M, WRIST_M, FINGERS_M = 0.13, 0.065, 0.15
# Of the box's longer side, on each side: boxes in training are the joints' extent
# and 15 %, and joints lie inside the hand.
PADDING_SHARE = 0.1
_MOST_SPECKS = 20


def find_hand_box(depth_m: np.ndarray, camera: Camera) -> Optional[np.ndarray]:
    """Box of the hand at the end of the nearest connected surface.

    The surface is followed from where it leaves the image, or goes into the
    depth, to its other end; there the widest place is the palm, and the arm is cut
    off behind it. A surface no larger than a hand is taken whole.

    Args:
        depth_m (np.ndarray): Metres, (H, W), 0 = invalid or cut off.
        camera (Camera): Of the image.

    Returns:
        np.ndarray, optional: x1, y1, x2, y2, pixels, float32 [4], with a
        margin, which may lie outside the image; ``None`` where nothing is as
        large as a hand.
    """
    cells, stride = _cells(depth_m, camera)
    points = _points(cells, stride, camera)
    surface = _nearest_surface(points, stride / camera.fx)
    if surface is None:
        return None
    mask, from_nearest = surface
    if from_nearest[mask].max() > HAND_M:
        mask = _without_arm(points, mask, from_nearest, stride / camera.fx)
    rows, columns = np.nonzero(mask)
    low = stride * np.array([columns.min(), rows.min()], np.float32)
    high = stride * np.array([columns.max() + 1, rows.max() + 1], np.float32) - 1
    pad = PADDING_SHARE * (high - low).max()
    return np.concatenate([low - pad, high + pad]).astype(np.float32)


def surface_distances(points: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """Lengths of the shortest ways along a surface.

    Args:
        points (np.ndarray): (H, W, 3), metres, a grid over the image; NaN where
            there is none.
        roots (np.ndarray): (H, W) bool, where ways begin.

    Returns:
        np.ndarray: (H, W), metres, infinite where no way leads. A step goes to
        one of the eight neighbours, over less than ``JUMP_M`` of depth.
    """
    height, width = points.shape[:2]
    steps = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = slice(0, height - dy), slice(max(0, -dx), width - max(0, dx))
        there = slice(dy, height), slice(max(0, dx), width - max(0, -dx))
        apart = points[here] - points[there]
        length = np.linalg.norm(apart, axis=2)
        # Comparisons with NaN are false.
        length[~(np.abs(apart[..., 2]) < JUMP_M)] = np.inf
        steps.append((here, there, length))
    distances = np.where(roots, 0.0, np.inf)
    while True:
        before = distances.copy()
        for here, there, length in steps:
            np.minimum(distances[there], distances[here] + length, out=distances[there])
            np.minimum(distances[here], distances[there] + length, out=distances[here])
        if np.array_equal(before, distances):
            return distances


def _cells(depth_m: np.ndarray, camera: Camera) -> Tuple[np.ndarray, int]:
    """The nearest depth of each cell, NaN where there is none; pixels of a cell's side."""
    valid = depth_m[depth_m > 0]
    near_m = float(np.percentile(valid, 1)) if valid.size else 1.0
    stride = max(1, round(CELL_M * camera.fx / near_m))
    height, width = (-(-side // stride) for side in depth_m.shape)
    padded = np.full((height * stride, width * stride), np.inf, np.float32)
    padded[: depth_m.shape[0], : depth_m.shape[1]] = np.where(depth_m > 0, depth_m, np.inf)
    cells = padded.reshape(height, stride, width, stride).min(axis=(1, 3))
    return np.where(np.isfinite(cells), cells, np.nan), stride


def _points(cells: np.ndarray, stride: int, camera: Camera) -> np.ndarray:
    """Cells (H, W) as points (H, W, 3), camera frame, metres."""
    v, u = np.indices(cells.shape) * stride + (stride - 1) / 2
    x = (u - camera.cx) / camera.fx * cells
    y = (v - camera.cy) / camera.fy * cells
    return np.stack([x, y, cells], axis=2)


def _nearest_surface(
    points: np.ndarray, cell_angle: float
) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """Cells of the nearest surface that is no speck, and their way from its nearest."""
    depth = points[..., 2].copy()
    for _ in range(_MOST_SPECKS):
        if np.isnan(depth).all():
            return None
        roots = np.zeros(depth.shape, bool)
        roots.flat[np.nanargmin(depth)] = True
        distances = surface_distances(points, roots)
        mask = np.isfinite(distances)
        if ((points[..., 2][mask] * cell_angle) ** 2).sum() >= LEAST_AREA_M2:
            return mask, distances
        depth[mask] = np.nan
    return None


def _without_arm(
    points: np.ndarray, mask: np.ndarray, from_nearest: np.ndarray, cell_angle: float
) -> np.ndarray:
    """The hand's cells of a surface that is larger than a hand."""
    depth = np.where(mask, points[..., 2], 0.0)
    origin = depth > depth[mask].min() + ARM_DEPTH_M
    border = np.zeros_like(mask)
    border[[0, -1]] = border[:, [0, -1]] = True
    origin |= mask & border
    if not origin.any():
        origin = _arms_end(points, mask, from_nearest)
    along = np.where(mask, surface_distances(points, origin), -1.0)
    along[~np.isfinite(along)] = -1.0
    # The arm's other end, and the widest place near it.
    tip = np.unravel_index(along.argmax(), along.shape)
    far_m = np.linalg.norm(points - points[tip], axis=2)
    end = mask & (along > along[tip] - HAND_M) & (far_m < HAND_M)
    width = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    width_m = np.where(end & (far_m < PALM_M), width * depth * cell_angle, -1.0)
    # Flat hands are as wide at their fingers: of the widest places the farthest from the tip.
    widest = np.where(width_m >= 0.98 * width_m.max(), along, np.inf)
    palm = np.unravel_index(widest.argmin(), mask.shape)
    from_palm = np.linalg.norm(points - points[palm], axis=2)
    return end & (along > along[palm] - WRIST_M) & (from_palm < FINGERS_M)


def _arms_end(points: np.ndarray, mask: np.ndarray, from_nearest: np.ndarray) -> np.ndarray:
    """The cell at the end without fingers of an arm that is cut off within the image.

    Hands fill less of their convex hull than arms.
    """
    filled, ends, ways = [], [], from_nearest
    for _ in range(2):
        ends.append(mask & (ways == ways[mask].max()))
        ways = surface_distances(points, ends[-1])
        filled.append(_filled(mask & (ways < min(HAND_M, ways[mask].max() / 2))))
    return ends[int(filled[1] > filled[0])]


def _filled(mask: np.ndarray) -> float:
    """Share of its convex hull that a mask fills."""
    cells = np.argwhere(mask)[:, ::-1].astype(np.float32)
    hull = cv2.convexHull(cells)
    # The hull of the cells' centres, and half a cell around it.
    return len(cells) / (cv2.contourArea(hull) + cv2.arcLength(hull, True) / 2 + 1)
