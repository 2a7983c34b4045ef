"""Which boxes of a frame a pose is estimated in."""
import warnings
from typing import Optional, Sequence, Tuple

import numpy as np

from .foreground_box import find_foreground_box
from .frame import DepthFrame
from .person_box import find_person_box


def frame_boxes(
        frame: DepthFrame,
        given: Optional[Sequence] = None,
        foreground_only: bool = False) -> Tuple[np.ndarray, np.ndarray]:
    """Take the given boxes, or find the person, or take the whole frame.

    The person is found where the intrinsics are known; without them the box
    is the whole frame, with a warning. A frame without a valid pixel has no
    box.

    Args:
        frame (DepthFrame): The frame.
        given (Sequence, optional): ``[N, 4]``, x1, y1, x2, y2, pixels.
            Defaults to ``None``: look for the person.
        foreground_only (bool): The background has been cut off, so the box is
            that of what is left, a hand for instance. Defaults to False.

    Returns:
        tuple: Boxes, float32 ``[N, 4]``, and their scores, float32 ``[N]``: 1
        for given ones and the whole frame, or how like a person's the size
        is.

    Raises:
        ValueError: If a given box is none, naming the frame.
    """
    nobody = np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    if given is not None:
        given = _checked(given, frame.name)
    if not (frame.depth_m > 0).any():
        return nobody
    if given is not None:
        return given, np.ones(len(given), np.float32)
    if foreground_only:
        return find_foreground_box(
            frame.depth_m)[None], np.ones(1, np.float32)
    height, width = frame.depth_m.shape
    if frame.intrinsics is None:
        warnings.warn(
            'the camera\'s intrinsics are not known, so the person is not '
            'looked for and the whole frame is the box; give intrinsics (fx, '
            'fy, cx, cy) or boxes',
            stacklevel=2)
        whole = np.array([[0, 0, width - 1, height - 1]], np.float32)
        return whole, np.ones(1, np.float32)
    found = find_person_box(frame.depth_m, frame.intrinsics)
    if found is None:
        return nobody
    return found.bbox[None], np.array([found.score], np.float32)


def _checked(given: Sequence, name: str) -> np.ndarray:
    """Boxes as float32 [N, 4]."""
    boxes = np.asarray(given, np.float32)
    if boxes.size == 0:
        return np.zeros((0, 4), np.float32)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f'{name}: boxes must have the shape [N, 4] (x1, y1, '
                         f'x2, y2), got {boxes.shape}')
    # Written so that NaN fails the test too.
    usable = np.isfinite(boxes).all(1) & (boxes[:, 2:] > boxes[:, :2]).all(1)
    if not usable.all():
        raise ValueError(
            f'{name}: {boxes[~usable][0].tolist()} is not a box x1, y1, x2, '
            'y2 in pixels with x1 < x2 and y1 < y2')
    return boxes
