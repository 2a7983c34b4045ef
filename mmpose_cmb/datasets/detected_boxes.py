"""Boxes of a detector in place of the annotated ones."""
import logging
import os.path as osp
from collections import defaultdict
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
from mmengine.fileio import load
from mmengine.logging import print_log
from mmengine.utils import is_list_of

from mmpose.structures.bbox import bbox_overlaps, bbox_xywh2xyxy

NEEDED = {'image_id', 'bbox', 'score', 'category_id'}
PERSON = 1


def read_detections(path: str) -> Dict[int, List[dict]]:
    """Read a detector's boxes from a JSON file.

    Args:
        path (str): A list of dicts with ``image_id``, ``bbox`` (x, y, w, h in
            pixels), ``score`` and ``category_id``, as COCO's detections are
            stored. Those of another category than 1 are left out.

    Returns:
        dict: The detections of each image, the best first.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not such a list, naming the detection.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'bbox_file {path} is missing')
    detections = load(path)
    if not is_list_of(detections, dict):
        raise ValueError(f'{path}: expected a list of dicts, '
                         f'got {type(detections).__name__}')
    images = defaultdict(list)
    for index, detection in enumerate(detections):
        if NEEDED - detection.keys() or len(detection['bbox']) != 4:
            raise ValueError(
                f'{path}: detection {index} needs image_id, bbox (4 numbers), '
                f'score and category_id: {detection}')
        if detection['category_id'] == PERSON:
            images[detection['image_id']].append(detection)
    for found in images.values():
        found.sort(key=lambda detection: -detection['score'])
    return images


def use_detections(instances: List[dict],
                   path: str,
                   image_size: Optional[Tuple[int, int]] = None) -> List[dict]:
    """Replace annotated boxes by detected ones; the joints stay.

    The only person of an image gets the detection with the highest score.
    Where several are annotated, each in turn gets the detection that overlaps
    its box most, each detection once. A person without one gets the whole
    image and the score 0, so that it still counts; the log says how many.

    Args:
        instances (List[dict]): Data infos in MMPose's top-down format; ARE
            changed.
        path (str): The detections' JSON file.
        image_size (tuple[int, int], optional): Width and height, pixels.
            Defaults to ``None``: each info's ``image_size``.

    Returns:
        List[dict]: The same infos.
    """
    detections = read_detections(path)
    persons = defaultdict(list)
    for instance in instances:
        persons[instance['img_id']].append(instance)
    missing = 0
    for image_id, group in persons.items():
        left = list(detections.get(image_id, ()))
        for instance in group:
            taken = 0 if len(group) == 1 else _nearest(instance, left)
            if taken is None or taken >= len(left):
                size = image_size or instance['image_size']
                found = dict(bbox=(0, 0, *size), score=0.)
                missing += 1
            else:
                found = left.pop(taken)
            instance['bbox'] = _xyxy(found)
            instance['bbox_score'] = np.array([found['score']], np.float32)
    if missing:
        print_log(
            f'{path}: no person in {missing} of {len(instances)} images; '
            'these are tested with the whole image as the box',
            logger='current',
            level=logging.WARNING)
    return instances


def _nearest(instance: dict, detections: List[dict]) -> Optional[int]:
    """Index of the detection with the largest overlap, if any overlaps."""
    if not detections:
        return None
    boxes = np.concatenate([_xyxy(detection) for detection in detections])
    overlaps = bbox_overlaps(
        torch.from_numpy(instance['bbox']), torch.from_numpy(boxes))[0]
    best = int(overlaps.argmax())
    return best if overlaps[best] > 0 else None


def _xyxy(detection: dict) -> np.ndarray:
    return bbox_xywh2xyxy(np.array([detection['bbox']], np.float32))
