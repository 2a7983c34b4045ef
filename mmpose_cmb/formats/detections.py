"""A detector's boxes, as COCO's detections are stored."""

import os.path as osp
from collections import defaultdict
from typing import Any, Collection, Dict, List, Union

from ..io.read_text import read_json

NEEDED = ('image_id', 'bbox', 'score', 'category_id')
PERSON = 1
# Beyond any image.
MAX_PIXELS = 1e6
# Detectors give some hundreds.
MAX_BOXES = 10_000
ImageId = Union[int, str]


def read_detections(path: str) -> Dict[ImageId, List[dict]]:
    """Read a detector's boxes from a JSON file.

    Args:
        path (str): A list of dicts with ``image_id``, ``bbox`` (x, y, w, h in
            pixels), ``score`` (0 to 1) and ``category_id``. Those of another
            category than 1 are left out.

    Returns:
        dict: The detections of each image, the best first, each box once.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not such a list, naming the detection, or holds
            no person or no pixels; or not JSON: nothing else is opened.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'bbox_file {path} is missing')
    suffix = osp.splitext(path)[1]
    if suffix.lower() != '.json':
        raise ValueError(f'{path}: boxes are read from a .json file, not from "{suffix}"')
    detections = read_json(path)
    if not isinstance(detections, list):
        raise ValueError(f'{path}: expected a list of dicts, got {type(detections).__name__}')
    for index, detection in enumerate(detections):
        if not _is_detection(detection):
            raise ValueError(
                f'{path}: detection {index} needs image_id, bbox (4 numbers), '
                f'score and category_id: {str(detection)[:200]}'
            )
        if not (min(detection['bbox'][2:]) > 0 and 0 <= detection['score'] <= 1):
            raise ValueError(
                f'{path}: detection {index} needs a width and height above 0 and a score from 0 '
                f'to 1: {str(detection)[:200]}'
            )
    people = [d for d in detections if d['category_id'] == PERSON]
    if detections and not people:
        found = sorted({str(d['category_id']) for d in detections})
        raise ValueError(
            f'{path}: none of its {len(detections)} detections has the category_id {PERSON}, '
            f'which is a person here; they have {", ".join(found[:5])}'
        )
    if people and max(max(d['bbox']) for d in people) <= 1:
        raise ValueError(
            f'{path}: all of its boxes lie between 0 and 1: parts of the width and height? '
            'Pixels are expected'
        )
    # Of equal boxes the best stands first.
    images: Dict[ImageId, Dict[tuple, dict]] = defaultdict(dict)
    for detection in sorted(people, key=lambda detection: -detection['score']):
        images[detection['image_id']].setdefault(tuple(detection['bbox']), detection)
    for image, boxes in images.items():
        if len(boxes) > MAX_BOXES:
            raise ValueError(f'{path}: {len(boxes)} boxes in image {image}, more than {MAX_BOXES}')
    return {image: list(boxes.values()) for image, boxes in images.items()}


def check_known(
    path: str, images: Dict[ImageId, List[dict]], known: Collection[ImageId], what: str
) -> int:
    """Refuse a file whose images are none of those that there are.

    Args:
        path (str): The file, for the message.
        images (dict): Of :func:`read_detections`.
        known (Collection): What an ``image_id`` may be.
        what (str): What that is, for the message.

    Returns:
        int: How many of the images are known.

    Raises:
        ValueError: If none is.
    """
    number = sum(image in known for image in images)
    if images and not number:
        shown = ', '.join(repr(image) for image in list(images)[:3])
        raise ValueError(
            f'{path}: none of its {len(images)} images ({shown} ...) is one of the {what}'
        )
    return number


def _is_detection(detection: Any) -> bool:
    return (
        isinstance(detection, dict)
        and all(key in detection for key in NEEDED)
        and isinstance(detection['image_id'], (int, str))
        and not isinstance(detection['image_id'], bool)
        and isinstance(detection['bbox'], list)
        and len(detection['bbox']) == 4
        and all(map(_is_number, (*detection['bbox'], detection['score'])))
    )


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and abs(value) <= MAX_PIXELS
    )
