"""Anti-aliased skeletons on RGB images."""

from typing import Optional, Sequence, Tuple

import cv2
import numpy as np

# Fractional bits of OpenCV's drawing coordinates: sub-pixel positions.
_SHIFT = 4


def draw_skeleton(
    image: np.ndarray,
    keypoints_px: np.ndarray,
    links: Sequence[Tuple[int, int]],
    link_colors: Sequence[Tuple[int, int, int]],
    keypoint_colors: Optional[Sequence[Tuple[int, int, int]]] = None,
    *,
    visible: Optional[np.ndarray] = None,
    thickness: int = 2,
    radius: int = 3,
    outline: int = 1,
) -> np.ndarray:
    """Draw one skeleton, outlined in black so that it reads on any colour.

    Args:
        image (np.ndarray): uint8 [H, W, 3], RGB; is not changed.
        keypoints_px (np.ndarray): [K, 2], (x, y) in pixels, integer = pixel
            centre. Joints that are not finite are left out with their links.
        links (Sequence[tuple]): Pairs of joint ids.
        link_colors (Sequence[tuple]): RGB of each link, 0..255.
        keypoint_colors (Sequence[tuple], optional): RGB of each joint.
            Defaults to None: no dots.
        visible (np.ndarray, optional): Draw the joint or not, [K]. Defaults
            to None: all.
        thickness (int): Width of the links in pixels. Defaults to 2.
        radius (int): Radius of the dots in pixels. Defaults to 3.
        outline (int): Width of the black rim in pixels. Defaults to 1.

    Returns:
        np.ndarray: A new uint8 [H, W, 3], RGB.

    Raises:
        ValueError: If there is not one colour per link and joint.
    """
    keypoints_px = np.asarray(keypoints_px, dtype=np.float64)
    if len(link_colors) != len(links):
        raise ValueError(f'{len(links)} links need as many colours, got {len(link_colors)}')
    if keypoint_colors is not None and len(keypoint_colors) != len(keypoints_px):
        raise ValueError(
            f'{len(keypoints_px)} joints need as many colours, got {len(keypoint_colors)}'
        )
    shown = np.isfinite(keypoints_px).all(axis=-1)
    if visible is not None:
        shown &= np.asarray(visible).astype(bool)
    # OpenCV wants integers; far-away points are of no use to a picture.
    near_px = np.clip(np.where(shown[:, None], keypoints_px, 0), -1e5, 1e5)
    points = [(int(x), int(y)) for x, y in np.round(near_px * (1 << _SHIFT))]

    image = image.copy()
    bones = [(a, b, color) for (a, b), color in zip(links, link_colors) if shown[a] and shown[b]]
    dots = (
        []
        if keypoint_colors is None
        else [(i, color) for i, color in enumerate(keypoint_colors) if shown[i]]
    )
    if outline:
        for a, b, _ in bones:
            _line(image, points[a], points[b], (0, 0, 0), thickness + 2 * outline)
        for i, _ in dots:
            _dot(image, points[i], (0, 0, 0), radius + outline)
    for a, b, color in bones:
        _line(image, points[a], points[b], color, thickness)
    for i, color in dots:
        _dot(image, points[i], color, radius)
    return image


def _line(
    image: np.ndarray,
    start: Tuple[int, int],
    stop: Tuple[int, int],
    color: Sequence[int],
    thickness: int,
) -> None:
    cv2.line(image, start, stop, tuple(int(c) for c in color), thickness, cv2.LINE_AA, _SHIFT)


def _dot(image: np.ndarray, center: Tuple[int, int], color: Sequence[int], radius: int) -> None:
    cv2.circle(
        image,
        center,
        radius << _SHIFT,
        tuple(int(c) for c in color),
        cv2.FILLED,
        cv2.LINE_AA,
        _SHIFT,
    )
