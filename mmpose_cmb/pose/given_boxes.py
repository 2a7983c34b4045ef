"""The user's boxes: an array, one entry per frame, or a detector's file."""

import os
import os.path as osp
from typing import Callable, List, Optional, Sequence, Union

import cv2
import numpy as np

from ..depth.frame import DepthFrame
from ..depth.frame_reference import FrameReference
from ..formats.detections import read_detections

BoxesInput = Union[None, str, os.PathLike, np.ndarray, Sequence]
# Of a call's frames, by their position in it: [N, 4] or, with scores, [N, 5];
# None: look for the person.
BoxesOfFrame = Callable[[int, DepthFrame], Union[None, Sequence, np.ndarray]]

# Of a detector's boxes, where nobody says another.
LEAST_SCORE = 0.3


def look_for_everybody(position: int, frame: DepthFrame) -> None:
    """No box is given."""


def given_boxes(
    bboxes: BoxesInput,
    references: Sequence[FrameReference],
    bbox_thr: Optional[float] = None,
    nms_thr: float = 0.3,
) -> BoxesOfFrame:
    """Tell the boxes of each frame of a call.

    Args:
        bboxes (BoxesInput): ``None``; the path of a detector's JSON file,
            whose ``image_id`` is a frame's number or file name; an array [4]
            or [N, 4] (x1, y1, x2, y2, pixels) for every frame; or a sequence
            with an entry for each frame, [N, 4], [N, 5] with scores, or
            ``None``.
        references (Sequence[FrameReference]): The frames of the call.
        bbox_thr (float, optional): Boxes of a file with a lower score are
            left out. Defaults to None: 0.3.
        nms_thr (float): Of a file's boxes that overlap more (IoU) the best
            is kept. Defaults to 0.3.

    Raises:
        FileNotFoundError: If the file is missing.
        ValueError: If it is no detector's file or one of other frames, or
            entries and frames differ in number.
    """
    if bboxes is None:
        return look_for_everybody
    if isinstance(bboxes, (str, os.PathLike)):
        least = LEAST_SCORE if bbox_thr is None else bbox_thr
        return _of_file(os.fspath(bboxes), references, least, nms_thr)
    number = len(references)
    if isinstance(bboxes, np.ndarray) and bboxes.ndim <= 2:
        if bboxes.ndim == 2 and len(bboxes) == number > 1:
            raise ValueError(
                f'bboxes is an array {bboxes.shape} and there are {number} '
                'frames: are these the boxes of every frame, or one box for '
                'each? Give a list with an entry for each frame'
            )
        return lambda position, frame: np.atleast_2d(bboxes)
    if len(bboxes) != number:
        raise ValueError(f'{number} frames need as many entries of bboxes, got {len(bboxes)}')

    def entry(position: int, frame: DepthFrame) -> Optional[np.ndarray]:
        boxes = bboxes[position]
        return None if boxes is None else np.atleast_2d(np.asarray(boxes, np.float32))

    return entry


def best_boxes(boxes: np.ndarray, bbox_thr: float, nms_thr: float) -> np.ndarray:
    """Drop boxes ``[N, 5]`` with low scores and those that overlap.

    Args:
        boxes (np.ndarray): x1, y1, x2, y2, score.
        bbox_thr (float): Least score.
        nms_thr (float): Largest overlap, IoU.
    """
    boxes = np.asarray(boxes, np.float32)
    corner, size = boxes[:, :2], boxes[:, 2:4] - boxes[:, :2]
    kept = cv2.dnn.NMSBoxes(
        np.column_stack([corner, size]).tolist(), boxes[:, 4].tolist(), bbox_thr, nms_thr
    )
    return boxes[np.array(kept, int).ravel()]


def _of_file(
    path: str, references: Sequence[FrameReference], bbox_thr: float, nms_thr: float
) -> BoxesOfFrame:
    images = read_detections(path)
    fitting = sum(_image_id(images, r.index, r.name) is not None for r in references)
    if images and not fitting:
        raise ValueError(
            f'{path}: none of its {len(images)} images is one of the '
            f'{len(references)} frames; image_id must be the number of a '
            "frame or its file's name"
        )

    def boxes_of(position: int, frame: DepthFrame) -> np.ndarray:
        image_id = _image_id(images, frame.index, frame.name)
        found = [] if image_id is None else images[image_id]
        boxes = np.zeros((len(found), 5), np.float32)
        for row, detection in zip(boxes, found):
            x, y, width, height = detection['bbox']
            row[:] = x, y, x + width, y + height, detection['score']
        return best_boxes(boxes, bbox_thr, nms_thr)

    return boxes_of


def _image_id(images: dict, index: Optional[int], name: str) -> Union[None, int, str]:
    """By which name a file of detections knows a frame, if it does."""
    name = osp.basename(name)
    candidates: List[Union[None, int, str]] = [index, name, osp.splitext(name)[0]]
    return next((i for i in candidates if i is not None and i in images), None)
