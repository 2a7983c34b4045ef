"""Whether a person's labels can be those of an image.

Legend: K joints, an image of W x H pixels. Labels of another picture, in
other units or in another form train as well as right ones; these checks tell
them before.
"""

from typing import Optional, Sequence

import numpy as np

# What other programs write where a joint was not found.
NOT_FOUND = ((0.0, 0.0), (-1.0, -1.0))
# A joint may lie outside the image, but not by more than this many of its
# sides; a box may be larger, but not by more.
MAX_SIDES_OUTSIDE = 8
MAX_BOX_SIDES = 4.0


def why_no_person(
    keypoints: np.ndarray,
    labelled: np.ndarray,
    bbox: Optional[np.ndarray],
    width: int,
    height: int,
    names: Sequence[str],
) -> Optional[str]:
    """Why labels cannot be those of a person in an image, if they cannot.

    Args:
        keypoints (np.ndarray): Pixels, [K, 2].
        labelled (np.ndarray): Whether the joint is labelled, bool [K].
        bbox (np.ndarray, optional): x1, y1, x2, y2, pixels. ``None`` where
            no box is given.
        width (int): Of the image, pixels.
        height (int): Of the image, pixels.
        names (Sequence[str]): The K joints.

    Returns:
        str, optional: What is wrong, and what may be meant.
    """
    joints = np.asarray(keypoints, np.float64)[labelled]
    of = [name for name, use in zip(names, labelled) if use]
    side = np.array([width, height], np.float64)
    if not len(joints):
        return None if bbox is None else _why_no_box(bbox, joints, side)
    if not np.isfinite(joints).all():
        return f'{of[int(np.argmin(np.isfinite(joints).all(1)))]} is not finite'
    for name, joint in zip(of, joints):
        if tuple(joint) in NOT_FOUND:
            return (
                f'{name} lies at {joint[0]:g}, {joint[1]:g}: a joint that was not found is '
                'not labelled (visibility 0, empty cells)'
            )
    if (np.abs(joints) <= 1).all():
        return (
            f'its joints lie between 0 and 1 in an image of {width}x{height}: parts of its '
            'width and height? Pixels are expected'
        )
    inside = ((joints >= -0.5) & (joints <= side - 0.5)).all(1)
    if not inside.any():
        return (
            f'all of its joints lie outside the image of {width}x{height}: labels of another '
            'image or resolution?'
        )
    far = np.abs(joints - side / 2).max(1, initial=0) > (0.5 + MAX_SIDES_OUTSIDE) * side.max()
    if far.any():
        x, y = joints[far][0]
        return (
            f'{of[int(np.argmax(far))]} lies at {x:g}, {y:g}, far outside the image of '
            f'{width}x{height}'
        )
    return None if bbox is None else _why_no_box(bbox, joints, side)


def _why_no_box(bbox: np.ndarray, joints: np.ndarray, side: np.ndarray) -> Optional[str]:
    low, high = np.asarray(bbox, np.float64).reshape(2, 2)
    shown = f'its box, {low[0]:g} {low[1]:g} to {high[0]:g} {high[1]:g}'
    if not np.isfinite(bbox).all() or not (high > low).all():
        return f'{shown}, has no positive width and height'
    if (high <= 0).any() or (low >= side).any():
        return f'{shown}, lies outside the image of {side[0]:g}x{side[1]:g}'
    if (high - low > MAX_BOX_SIDES * side).any():
        return f'{shown}, is far larger than the image of {side[0]:g}x{side[1]:g}'
    if (high <= 1).all():
        return f'{shown}, is within a pixel: parts of the width and height? Pixels are expected'
    if len(joints) and not ((joints >= low) & (joints <= high)).all(1).any():
        return f'{shown}, holds none of its joints'
    return None


def boxes_are_corners(boxes: np.ndarray, joints: Sequence[np.ndarray]) -> np.ndarray:
    """Which boxes are rather x1, y1, x2, y2 than x, y, width, height.

    The joints of a person lie about the middle of the box. Where the four
    numbers, taken for corners, hold all joints and have them nearer to the
    middle, they are corners. Certain for many boxes of a file, not for one.

    Args:
        boxes (np.ndarray): Four numbers each, [N, 4].
        joints (Sequence[np.ndarray]): Labelled joints of each, pixels, [k, 2].

    Returns:
        np.ndarray: bool [N].
    """
    found = []
    for (x, y, a, b), pixels in zip(boxes, joints):
        low = np.array([x, y])
        corners, sizes = np.array([a, b]), np.array([x + a, y + b])
        if not len(pixels) or not (corners > low).all():
            found.append(False)
            continue
        holds_all = ((pixels >= low) & (pixels <= corners)).all()
        middle = (pixels.min(0) + pixels.max(0)) / 2
        off = [
            np.abs((middle - (low + high) / 2) / (high - low)).max() for high in (corners, sizes)
        ]
        found.append(bool(holds_all and off[0] < off[1]))
    return np.array(found, bool)
