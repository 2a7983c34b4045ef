"""The user's boxes: an array, one entry per frame, or a detector's file."""
import os
import os.path as osp
from typing import Callable, Optional, Sequence, Union

import numpy as np

from mmpose.evaluation.functional import nms
from mmpose.structures.bbox import bbox_xywh2xyxy
from ..depth.frame import DepthFrame
from ..depth.frame_boxes import frame_boxes
from ..formats.detections import read_detections
from .frame_estimator import ScoredBoxes

BoxesInput = Union[None, str, os.PathLike, np.ndarray, Sequence]
# [N, 4] or, with scores, [N, 5]; None: look for the person.
BoxesOfFrame = Callable[[DepthFrame], Optional[np.ndarray]]


def given_boxes(bboxes: BoxesInput,
                num_frames: int,
                bbox_thr: float = 0.3,
                nms_thr: float = 0.3) -> BoxesOfFrame:
    """Tell the boxes of each frame.

    Args:
        bboxes (BoxesInput): ``None``; the path of a detector's JSON file,
            whose ``image_id`` is a frame's number or file name; an array [4]
            or [N, 4] (x1, y1, x2, y2, pixels) for every frame; or a sequence
            with an entry for each frame, [N, 4], [N, 5] with scores, or
            ``None``.
        num_frames (int): Of the call.
        bbox_thr (float): Boxes of a file with a lower score are left out.
            Defaults to 0.3.
        nms_thr (float): Of a file's boxes that overlap more (IoU) the best
            is kept. Defaults to 0.3.

    Raises:
        FileNotFoundError: If the file is missing.
        ValueError: If it is no detector's file, or entries and frames differ
            in number.
    """
    if bboxes is None:
        return lambda frame: None
    if isinstance(bboxes, (str, os.PathLike)):
        return _of_file(os.fspath(bboxes), bbox_thr, nms_thr)
    if isinstance(bboxes, np.ndarray) and bboxes.ndim <= 2:
        if bboxes.ndim == 2 and len(bboxes) == num_frames > 1:
            raise ValueError(
                f'bboxes is an array {bboxes.shape} and there are '
                f'{num_frames} frames: are these the boxes of every frame, or '
                'one box for each? Give a list with an entry for each frame')
        return lambda frame: np.atleast_2d(bboxes)
    if len(bboxes) != num_frames:
        raise ValueError(f'{num_frames} frames need as many entries of '
                         f'bboxes, got {len(bboxes)}')
    entries = iter(bboxes)

    def next_entry(frame: DepthFrame) -> Optional[np.ndarray]:
        entry = next(entries)
        return None if entry is None else np.atleast_2d(
            np.asarray(entry, np.float32))

    return next_entry


def scored_boxes(frame: DepthFrame,
                 given: Optional[np.ndarray],
                 foreground_only: bool = False) -> ScoredBoxes:
    """The given boxes of a frame with their scores, or those found.

    Args:
        frame (DepthFrame): The frame.
        given (np.ndarray, optional): ``[N, 4]``, or ``[N, 5]`` with scores.
        foreground_only (bool): See ``frame_boxes``. Defaults to False.

    Raises:
        ValueError: If a given box is none, naming the frame.
    """
    if given is None or given.shape[-1] != 5:
        return ScoredBoxes(*frame_boxes(frame, given, foreground_only))
    boxes, _ = frame_boxes(frame, given[:, :4])
    # None at all in a frame without a valid pixel.
    return ScoredBoxes(boxes, given[:len(boxes), 4].astype(np.float32))


def best_boxes(boxes: np.ndarray, bbox_thr: float,
               nms_thr: float) -> np.ndarray:
    """Drop boxes ``[N, 5]`` with low scores and those that overlap."""
    boxes = boxes[boxes[:, 4] >= bbox_thr]
    return boxes[nms(boxes, nms_thr)] if len(boxes) else boxes


def _of_file(path: str, bbox_thr: float, nms_thr: float) -> BoxesOfFrame:
    images = read_detections(path)

    def boxes_of(frame: DepthFrame) -> np.ndarray:
        name = osp.basename(frame.name)
        for image_id in (frame.index, name, osp.splitext(name)[0]):
            if image_id in images:
                found = images[image_id]
                boxes = bbox_xywh2xyxy(
                    np.array([d['bbox'] for d in found], np.float32))
                scores = np.array([d['score'] for d in found], np.float32)
                return best_boxes(
                    np.column_stack([boxes, scores]), bbox_thr, nms_thr)
        return np.zeros((0, 5), np.float32)

    return boxes_of
