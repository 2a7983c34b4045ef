"""Which boxes of a frame a pose is estimated in."""

from typing import NamedTuple, Optional, Protocol, Sequence, Tuple, Union

import numpy as np

from ..camera import Camera, camera_from_fov, check_intrinsics
from ..depth.frame import DepthFrame
from ..depth.hand_box import find_hand_box
from ..depth.person_box import PersonBox, find_person_box

# Between Kinect v1's 57 and RealSense D400's 87: wrong by a quarter at most,
# which still finds most people (projects/person_boxes).
ASSUMED_FOV_DEG = 65.0
# What is less like a person has another size: with a unit or a camera that is
# wrong mostly. On real frames of four sensors one box of 186 is below, and
# beside the person.
LEAST_SCORE = 0.01


class FrameBoxes(NamedTuple):
    """The boxes of one frame.

    Attributes:
        bboxes (np.ndarray): ``[N, 4]``, x1, y1, x2, y2, pixels, float32.
        scores (np.ndarray): ``[N]``, float32: 1 for given boxes, the finder's
            or how like a person's the size is for found ones, 0 for the whole
            frame, which is a guess.
        camera_assumed (bool): They were found with a usual camera, since the
            frame's is not known.
        proposed (bool): By a finder, so that who is a person is still open.
    """

    bboxes: np.ndarray
    scores: np.ndarray
    camera_assumed: bool = False
    proposed: bool = False


class Finder(Protocol):
    """What finds people in whole frames, such as ``PersonFinder``."""

    def __call__(self, frame: DepthFrame) -> Tuple[np.ndarray, np.ndarray]:
        """Boxes ``[N, 4]``, pixels of a usable frame, and scores ``[N]``."""


def camera_or_usual(
    intrinsics: Union[None, Camera, Sequence[float], np.ndarray], width: int, height: int
) -> Camera:
    """A frame's camera; where it is not known, one 65 degrees wide.

    Args:
        intrinsics (Camera, optional): fx, fy, cx, cy in pixels will do.
        width (int): Of the frame, pixels.
        height (int): Of the frame, pixels.
    """
    if intrinsics is None:
        return camera_from_fov(width, height, ASSUMED_FOV_DEG)
    return Camera(*check_intrinsics(intrinsics)[:4], width, height)


def frame_boxes(
    frame: DepthFrame,
    given: Union[None, Sequence, np.ndarray] = None,
    foreground_only: bool = False,
    finder: Optional[Finder] = None,
) -> FrameBoxes:
    """Take the given boxes, or find the people.

    Where the frame's camera is not known a usual one is assumed to find
    people with. Without a finder one person is looked for in the depth; if
    nobody is found with a usual camera the box is the whole frame, with the
    score 0. A frame without a valid pixel has no box.

    Args:
        frame (DepthFrame): The frame.
        given (Sequence, optional): ``[N, 4]``, x1, y1, x2, y2, pixels, or
            ``[N, 5]`` with scores. Defaults to ``None``: look for people.
        foreground_only (bool): The background has been cut off, and what is
            left is a hand, with its arm or without:
            :func:`find_hand_box`. Defaults to False.
        finder (Finder, optional): Whom it proposes, and nobody else. Defaults
            to ``None``: :func:`find_person_box`.

    Raises:
        ValueError: If a given or found box is none, or the frame is too small,
            naming the frame.
    """
    if given is not None:
        boxes = _checked(given, frame.name)
        if frame.depth_m.any():
            return FrameBoxes(boxes[:, :4], boxes[:, 4])
    if not frame.depth_m.any():
        return _nobody()
    unknown = frame.intrinsics is None
    height, width = frame.depth_m.shape
    try:
        camera = camera_or_usual(frame.intrinsics, width, height)
    except ValueError as error:
        raise ValueError(f'{frame.name}: {error}') from error
    if finder is not None:
        boxes = _checked(np.column_stack(finder(frame)), frame.name)
        return FrameBoxes(boxes[:, :4], boxes[:, 4], unknown, proposed=True)
    if foreground_only:
        hand = find_hand_box(frame.depth_m, camera)
        found_hand = _nobody() if hand is None else _of_boxes([hand], [1.0])
        return found_hand._replace(camera_assumed=unknown)
    found = _find(frame.depth_m, camera)
    if found is not None:
        return _of_boxes([found.bbox], [found.score])._replace(camera_assumed=unknown)
    if not unknown:
        return _nobody()
    return _of_boxes([(0, 0, width - 1, height - 1)], [0.0])._replace(camera_assumed=True)


def _find(depth_m: np.ndarray, camera: Camera) -> Optional[PersonBox]:
    found = find_person_box(depth_m, camera)
    return None if found is None or found.score < LEAST_SCORE else found


def _of_boxes(boxes: Sequence, scores: Sequence[float]) -> FrameBoxes:
    return FrameBoxes(np.array(boxes, np.float32), np.array(scores, np.float32))


def _nobody() -> FrameBoxes:
    return FrameBoxes(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


def box_numbers(given: Union[Sequence, np.ndarray], name: str) -> np.ndarray:
    """Boxes as float32, of whatever shape.

    Raises:
        ValueError: If they are not numbers, naming the frame.
    """
    try:
        return np.asarray(given, np.float32)
    except (TypeError, ValueError):
        shown = ' '.join(str(given).split())[:80]
        raise ValueError(
            f'{name}: boxes must be numbers of the shape [N, 4] (x1, y1, x2, y2), got {shown}'
        ) from None


def _checked(given: Union[Sequence, np.ndarray], name: str) -> np.ndarray:
    """Boxes with scores, float32 [N, 5]."""
    boxes = box_numbers(given, name)
    if boxes.size == 0:
        return np.zeros((0, 5), np.float32)
    if boxes.ndim != 2 or boxes.shape[1] not in (4, 5):
        raise ValueError(
            f'{name}: boxes must have the shape [N, 4] (x1, y1, x2, y2), got {boxes.shape}'
        )
    # Written so that NaN fails the test too.
    usable = np.isfinite(boxes).all(1) & (boxes[:, 2:4] > boxes[:, :2]).all(1)
    if not usable.all():
        raise ValueError(
            f'{name}: {boxes[~usable][0, :4].tolist()} is not a box x1, y1, '
            'x2, y2 in pixels with x1 < x2 and y1 < y2'
        )
    if (boxes[:, 2:4] <= 1).all():
        raise ValueError(
            f'{name}: the box {boxes[0, :4].tolist()} is within a pixel: parts of the width and '
            'height? Pixels are expected'
        )
    if boxes.shape[1] == 4:
        boxes = np.column_stack([boxes, np.ones(len(boxes), np.float32)])
    return boxes
