"""The user's boxes: an array, one entry per frame, or a detector's file."""

import os
import os.path as osp
from contextlib import suppress
from itertools import islice
from typing import Callable, Dict, List, Optional, Sequence, Union

import cv2
import numpy as np

from ..depth.frame import DepthFrame
from ..depth.frame_reference import FrameReference
from ..formats.detections import ImageId, check_known, read_detections
from .frame_boxes import box_numbers, frame_boxes

# Frames whose boxes are looked at before anything runs.
NUM_LOOKED_AT = 5
BoxesInput = Union[None, str, os.PathLike, np.ndarray, Sequence]
# Of a call's frames, by their position in it: [N, 4] or, with scores, [N, 5];
# None: look for the person.
BoxesOfFrame = Callable[[int, DepthFrame], Union[None, Sequence, np.ndarray]]

# Of a detector's boxes, where nobody says another.
LEAST_SCORE = 0.3
# Of the frame's width and height.
MAX_BEYOND = 1.15


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
        return None if boxes is None else np.atleast_2d(box_numbers(boxes, frame.name))

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
    known = {i for r in references for i in _image_ids(r.index, r.name)}
    fitting = check_known(
        path,
        images,
        known,
        f"{len(references)} frames; image_id must be the number of a frame or its file's name",
    )
    _check_first_number(path, images, references)
    _check_form(path, images, references)
    best = max((found[0]['score'] for found in images.values()), default=bbox_thr)
    if best < bbox_thr:
        references[0].notes.append(
            f'{path}: none of its boxes is used, as all scores are below {bbox_thr:g}'
        )
    if fitting < len(images):
        references[0].notes.append(
            f'{path}: {fitting} of its {len(images)} images are frames here; the others are not '
            'used'
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


def _check_first_number(
    path: str, images: Dict[ImageId, List[dict]], references: Sequence[FrameReference]
) -> None:
    """Frames count from 0, the images of many COCO files from 1."""
    numbers = [image for image in images if isinstance(image, int)]
    last = max(reference.index or 0 for reference in references)
    if len(numbers) == len(images) > 1 and (min(numbers), max(numbers)) == (1, last + 1):
        raise ValueError(
            f'{path}: its images are numbered 1 to {last + 1}, and the frames 0 to {last}: '
            'subtract 1, or give the names of the files'
        )


def _check_form(
    path: str, images: Dict[ImageId, List[dict]], references: Sequence[FrameReference]
) -> None:
    """Refuse boxes that are x1, y1, x2, y2 or lie outside, by some frames."""
    overlaps, outside, beyond = [], [], []
    with_boxes = (
        (reference, image)
        for reference in references
        for image in _image_ids(reference.index, reference.name)
        if image in images
    )
    for reference, image in islice(with_boxes, NUM_LOOKED_AT):
        # A frame that cannot be read costs itself, later.
        with suppress(OSError, ValueError, ImportError):
            frame = reference.read()
            height, width = frame.depth_m.shape
            x, y, a, b = np.array([d['bbox'] for d in images[image]], np.float64).T
            beyond.append(max((x + a).max() / width, (y + b).max() / height))
            outside.append(((x >= width) | (y >= height) | (x + a <= 0) | (y + b <= 0)).all())
            if ((a > x) & (b > y)).all():
                found = frame_boxes(frame)
                if found.scores.size and found.scores[0] > 0:
                    overlaps.append(
                        [
                            max(_overlap(found.bboxes[0], box) for box in np.transpose(form))
                            for form in ((x, y, x + a, y + b), (x, y, a, b))
                        ]
                    )
    if outside and all(outside):
        raise ValueError(
            f'{path}: its boxes lie outside the frames; are they those of another resolution?'
        )
    # A detector's boxes end at its image's border, but for a few pixels.
    if beyond and np.median(beyond) > MAX_BEYOND:
        raise ValueError(
            f'{path}: its boxes reach beyond the frames, to {np.median(beyond):.2g} times their '
            'size; are they those of another resolution?'
        )
    # Written for few frames as for many: the person has to be found there.
    better = [corners > max(sizes + 0.2, 0.5) for sizes, corners in overlaps]
    if better and np.mean(better) > 0.5:
        raise ValueError(
            f'{path}: bbox seems to be x1, y1, x2, y2, by the people that the depth shows; '
            'x, y, width, height are expected'
        )


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two boxes x1, y1, x2, y2."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    both = float(np.prod(sides.clip(0)))
    return both / float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - both)


def _image_ids(index: Optional[int], name: str) -> List[ImageId]:
    """By which names a file of detections may know a frame."""
    name = osp.basename(name)
    numbers: List[ImageId] = [] if index is None else [index]
    return [*numbers, name, osp.splitext(name)[0]]


def _image_id(
    images: Dict[ImageId, List[dict]], index: Optional[int], name: str
) -> Optional[ImageId]:
    """By which name a file of detections knows a frame, if it does."""
    return next((i for i in _image_ids(index, name) if i in images), None)
