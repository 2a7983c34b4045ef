"""Results as files: MMPose's prediction JSON, and pictures."""
import json
import math
import os
import os.path as osp
import re
import uuid
from typing import Any, Dict, List, Sequence

from ..depth.frame import PersonPose


def persons_to_records(persons: Sequence[PersonPose]) -> List[Dict[str, Any]]:
    """Persons as MMPose's inferencers write them to JSON.

    The fields are MMPose's (``keypoints``, ``keypoint_scores``, ``bbox`` in a
    list of its own, ``bbox_score``), and ``keypoints_cam`` in metres where it
    is known; numbers that are not finite are ``None`` there.

    Args:
        persons (Sequence[PersonPose]): The persons of one frame.
    """
    records = []
    for person in persons:
        record = dict(
            keypoints=person.keypoints.tolist(),
            keypoint_scores=person.keypoint_scores.tolist(),
            bbox=[person.bbox.tolist()],
            bbox_score=float(person.bbox_score))
        if person.keypoints_cam is not None:
            record['keypoints_cam'] = [[
                number if math.isfinite(number) else None for number in joint
            ] for joint in person.keypoints_cam.tolist()]
        records.append(record)
    return records


def write_json(path: str, data: Any) -> None:
    """Write JSON; the file appears whole or not at all.

    Args:
        path (str): Where to; missing folders are made.
        data (Any): What JSON holds.
    """
    text = json.dumps(data, allow_nan=False)
    os.makedirs(osp.dirname(osp.abspath(path)), exist_ok=True)
    aside = f'{path}.{uuid.uuid4().hex}.part'
    try:
        with open(aside, 'w', encoding='utf-8') as file:
            file.write(text)
        os.replace(aside, path)
    finally:
        if osp.exists(aside):
            os.remove(aside)


class ResultNames:
    """Names the result files of frames, each name once."""

    def __init__(self) -> None:
        self._given = set()

    def name(self, frame_name: str) -> str:
        """File name without suffix: of ``a/b.png`` "b", of ``c.h5[7]`` "c_7".

        Args:
            frame_name (str): The frame's name.
        """
        path, record = re.fullmatch(r'(.*?)(\[\d+\])?', frame_name,
                                    re.DOTALL).groups()
        stem = osp.splitext(osp.basename(path))[0] or 'frame'
        if record:
            stem += f'_{record[1:-1]}'
        name, number = stem, 1
        while name in self._given:
            number += 1
            name = f'{stem}-{number}'
        self._given.add(name)
        return name
