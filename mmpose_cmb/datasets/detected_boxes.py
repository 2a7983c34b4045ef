"""Boxes of a detector in place of the annotated ones."""

import logging
from collections import defaultdict
from typing import List, Optional, Tuple

import numpy as np
import torch
from mmengine.logging import print_log

from mmpose.structures.bbox import bbox_overlaps, bbox_xywh2xyxy

from ..formats.detections import check_known, read_detections


def use_detections(
    instances: List[dict], path: str, image_size: Optional[Tuple[int, int]] = None
) -> List[dict]:
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

    Raises:
        FileNotFoundError, ValueError: See ``read_detections``; and if the file
            is of other images.
    """
    detections = read_detections(path)
    known = {instance['img_id'] for instance in instances}
    fitting = check_known(path, detections, known, f'{len(known)} images of the data set')
    if fitting < len(detections):
        print_log(
            f'{path}: {fitting} of its {len(detections)} images are of the data set; the others '
            'are not used',
            logger='current',
            level=logging.WARNING,
        )
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
                found = dict(bbox=(0, 0, *size), score=0.0)
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
            level=logging.WARNING,
        )
    return instances


def _nearest(instance: dict, detections: List[dict]) -> Optional[int]:
    """Index of the detection with the largest overlap, if any overlaps."""
    if not detections:
        return None
    boxes = np.concatenate([_xyxy(detection) for detection in detections])
    overlaps = bbox_overlaps(torch.from_numpy(instance['bbox']), torch.from_numpy(boxes))[0]
    best = int(overlaps.argmax())
    return best if overlaps[best] > 0 else None


def _xyxy(detection: dict) -> np.ndarray:
    return bbox_xywh2xyxy(np.array([detection['bbox']], np.float32))
