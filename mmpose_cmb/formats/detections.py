"""A detector's boxes, as COCO's detections are stored."""

import os.path as osp
from collections import defaultdict
from typing import Any, Dict, List, Union

from ..io.read_text import read_json

NEEDED = ('image_id', 'bbox', 'score', 'category_id')
PERSON = 1
# Beyond any image.
MAX_PIXELS = 1e6
ImageId = Union[int, str]


def read_detections(path: str) -> Dict[ImageId, List[dict]]:
    """Read a detector's boxes from a JSON file.

    Args:
        path (str): A list of dicts with ``image_id``, ``bbox`` (x, y, w, h in
            pixels), ``score`` and ``category_id``. Those of another category
            than 1 are left out.

    Returns:
        dict: The detections of each image, the best first.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not such a list, naming the detection; or not
            JSON: nothing else is opened.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'bbox_file {path} is missing')
    suffix = osp.splitext(path)[1]
    if suffix.lower() != '.json':
        raise ValueError(f'{path}: boxes are read from a .json file, not from "{suffix}"')
    detections = read_json(path)
    if not isinstance(detections, list):
        raise ValueError(f'{path}: expected a list of dicts, got {type(detections).__name__}')
    images: Dict[ImageId, List[dict]] = defaultdict(list)
    for index, detection in enumerate(detections):
        if not _is_detection(detection):
            raise ValueError(
                f'{path}: detection {index} needs image_id, bbox (4 numbers), '
                f'score and category_id: {str(detection)[:200]}'
            )
        if detection['category_id'] == PERSON:
            images[detection['image_id']].append(detection)
    for found in images.values():
        found.sort(key=lambda detection: -detection['score'])
    return dict(images)


def _is_detection(detection: Any) -> bool:
    return (
        isinstance(detection, dict)
        and all(key in detection for key in NEEDED)
        and isinstance(detection['image_id'], (int, str))
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
