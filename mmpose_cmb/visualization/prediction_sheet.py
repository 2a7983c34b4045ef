"""Predicted and true skeletons on depth, one cell per person."""

from typing import NamedTuple, Optional, Sequence, Tuple

import cv2
import numpy as np

from ..drawing import colorize_depth, contact_sheet, draw_skeleton
from ..drawing.contact_sheet import BACKGROUND

GROUND_TRUTH_COLOR = (255, 255, 255)
# Depth shown in front of and behind the person, metres.
IN_FRONT_M, BEHIND_M = 0.5, 1.1


class PredictionFrame(NamedTuple):
    """One person in one depth image.

    Attributes:
        depth_m (np.ndarray): Depth in metres, [H, W], 0 = invalid.
        keypoints_pred_px (np.ndarray): [K, 2], (x, y) in pixels.
        keypoints_gt_px (np.ndarray, optional): [K, 2]; None: not drawn.
        gt_visible (np.ndarray, optional): [K], labelled or not.
        box_xyxy (tuple, optional): x1, y1, x2, y2 in pixels to show. Defaults
            to None: what holds the ground truth, or else the prediction.
        caption (str): Below the cell.
    """

    depth_m: np.ndarray
    keypoints_pred_px: np.ndarray
    keypoints_gt_px: Optional[np.ndarray] = None
    gt_visible: Optional[np.ndarray] = None
    box_xyxy: Optional[Tuple[float, float, float, float]] = None
    caption: str = ''


def prediction_sheet(
    frames: Sequence[PredictionFrame],
    links: Sequence[Tuple[int, int]],
    link_colors: Sequence[Tuple[int, int, int]],
    keypoint_colors: Optional[Sequence[Tuple[int, int, int]]] = None,
    *,
    columns: int = 8,
    cell_px: int = 220,
    margin: float = 0.15,
) -> np.ndarray:
    """Contact sheet: prediction in colour, ground truth thin and white.

    Args:
        frames (Sequence[PredictionFrame]): What to show, row by row.
        links (Sequence[tuple]): Pairs of joint ids: ``skeleton_links`` of
            the metainfo.
        link_colors (Sequence[tuple]): RGB of each link, 0..255:
            ``skeleton_link_colors``.
        keypoint_colors (Sequence[tuple], optional): RGB of the predicted
            joints' dots, ``keypoint_colors``. Defaults to None: no dots.
        columns (int): Cells in a row. Defaults to 8.
        cell_px (int): Side of the square cells in pixels. Defaults to 220.
        margin (float): Added round the box, as a fraction of its longer
            side. Defaults to 0.15.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB.
    """
    cells = [
        _cell(frame, links, link_colors, keypoint_colors, cell_px, margin) for frame in frames
    ]
    captions = [frame.caption for frame in frames]
    return contact_sheet(cells, columns, captions if any(captions) else None)


def square_around(
    box_xyxy: Sequence[float], margin: float, image_hw: Tuple[int, int]
) -> Tuple[float, float, float]:
    """Square that holds a box and a margin, inside the image if it fits.

    It is never closer than a quarter of the image.

    Args:
        box_xyxy (Sequence[float]): x1, y1, x2, y2 in pixels.
        margin (float): On either side, as a fraction of the longer side.
        image_hw (tuple[int, int]): Height and width of the image in pixels.

    Returns:
        tuple[float, float, float]: x, y of the centre and the side, pixels.
    """
    x1, y1, x2, y2 = (float(v) for v in box_xyxy)
    # A single labelled joint spans no box of its own.
    side = max(x2 - x1, y2 - y1, min(image_hw) / 4) * (1 + 2 * margin)
    center = []
    for low, high, length in ((x1, x2, image_hw[1]), (y1, y2, image_hw[0])):
        # The image reaches from -0.5 to length - 0.5.
        first, last = (side - 1) / 2, length - (side + 1) / 2
        middle = (low + high) / 2
        center.append(min(max(middle, first), last) if first <= last else middle)
    return center[0], center[1], side


def _cell(frame, links, link_colors, keypoint_colors, cell_px, margin):
    truth = frame.keypoints_gt_px
    shown = frame.keypoints_pred_px if truth is None else truth
    shown = np.asarray(shown, dtype=np.float64)
    if truth is not None and frame.gt_visible is not None:
        shown = shown[np.asarray(frame.gt_visible).astype(bool)]
    shown = shown[np.isfinite(shown).all(axis=-1)]
    box = frame.box_xyxy
    if box is None:
        if not len(shown):
            raise ValueError('a frame without a box needs at least one joint to tell what to show')
        box = (*shown.min(axis=0), *shown.max(axis=0))

    center_x, center_y, side = square_around(box, margin, np.shape(frame.depth_m))
    scale = cell_px / side
    # Pixel centres: the square's edge lies half a pixel before pixel 0.
    to_cell = np.array(
        [
            [scale, 0, (cell_px - 1) / 2 - scale * center_x],
            [0, scale, (cell_px - 1) / 2 - scale * center_y],
        ]
    )
    # Nearest: no depth is made up at a silhouette.
    depth_m = cv2.warpAffine(
        np.asarray(frame.depth_m, dtype=np.float32),
        to_cell,
        (cell_px, cell_px),
        flags=cv2.INTER_NEAREST,
    )
    cell = colorize_depth(
        depth_m, *_person_range(frame.depth_m, shown), invalid_color=BACKGROUND, colormap='bone'
    )
    # Dimmed, so that the skeletons are the brightest thing in the cell.
    cell = (cell * 0.72).astype(np.uint8)
    predicted = _apply(to_cell, frame.keypoints_pred_px)
    cell = draw_skeleton(cell, predicted, links, link_colors, keypoint_colors, thickness=3)
    if truth is None:
        return cell
    # On top and thin: where both agree it is the core of the coloured line.
    return draw_skeleton(
        cell,
        _apply(to_cell, truth),
        links,
        [GROUND_TRUTH_COLOR] * len(links),
        visible=frame.gt_visible,
        thickness=1,
        outline=0,
    )


def _apply(affine: np.ndarray, points_px: np.ndarray) -> np.ndarray:
    return np.asarray(points_px) @ affine[:, :2].T + affine[:, 2]


def _person_range(depth_m: np.ndarray, keypoints_px: np.ndarray) -> Tuple[float, float]:
    """Depths to show around a person, from the depth at the joints."""
    height, width = depth_m.shape
    x, y = np.round(keypoints_px).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    at_joints = depth_m[y[inside], x[inside]]
    at_joints = at_joints[at_joints > 0]
    if not at_joints.size:
        return None, None
    person_m = float(np.median(at_joints))
    return max(person_m - IN_FRONT_M, 0.0), person_m + BEHIND_M
