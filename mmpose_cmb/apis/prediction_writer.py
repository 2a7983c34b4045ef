"""Writing predictions in MMPose's JSON files.

An image's predictions are ``<name>.json``, a list of its persons as MMPose's
inferencers write it; a file of many frames gives one ``<name>.json``, a list
of ``{"frame_id": ..., "instances": [...]}`` as MMPose writes videos. Persons
have ``keypoints``, ``keypoint_scores``, ``bbox``, ``bbox_score`` and, where
they are known, ``keypoints_cam``. ``summary.json`` lists all frames with
their problems, and the joints' names.
"""
import json
import os
import os.path as osp
import uuid
from typing import Any, Dict, List, Optional

from mmengine.structures import InstanceData

from mmpose.structures import split_instances
from ..depth.frame_reader import FrameReference

SUMMARY = 'summary.json'


def instances_as_dicts(instances: InstanceData) -> List[dict]:
    """MMPose's list of persons, with ``keypoints_cam`` where it is known."""
    persons = split_instances(instances)
    for person, score in zip(persons, instances.bbox_scores):
        person['bbox_score'] = float(score)
    for person, joints in zip(persons, instances.get('keypoints_cam', ())):
        person['keypoints_cam'] = joints.tolist()
    return persons


class FileNames:
    """Names of output files, one for each input, never the same twice."""

    def __init__(self) -> None:
        # Frames in memory may have the same name; a file's have one stem.
        self._stems: Dict[Any, str] = {}
        self._taken = {osp.splitext(SUMMARY)[0]}

    def stem(self, reference: FrameReference) -> str:
        """Name of the frame's file without folder and suffix."""
        path = reference.name
        key = path, id(reference)
        if reference.record is not None:
            key = path = path[:path.rindex('[')]
        if key not in self._stems:
            stem = osp.splitext(osp.basename(osp.normpath(path)))[0] or 'frame'
            name, number = stem, 1
            while name in self._taken:
                number += 1
                name = f'{stem}_{number}'
            self._taken.add(name)
            self._stems[key] = name
        return self._stems[key]

    def stem_of_record(self, reference: FrameReference) -> str:
        """As :meth:`stem`, with the record of a file of many."""
        stem = self.stem(reference)
        if reference.record is None:
            return stem
        return f'{stem}_{reference.record:06d}'


class PredictionWriter:
    """Writes the predictions of one call.

    Args:
        out_dir (str): The folder; made where it is missing.
        names (FileNames): Shared with other outputs.
        dataset_meta (dict): For the summary: joints and links.
    """

    def __init__(self, out_dir: str, names: FileNames,
                 dataset_meta: dict) -> None:
        os.makedirs(out_dir, exist_ok=True)
        self.out_dir = out_dir
        self.names = names
        self._of_many: Dict[str, List[dict]] = {}
        self._frames: List[dict] = []
        self._meta_info = dict(
            dataset_name=dataset_meta['dataset_name'],
            keypoints=[
                dataset_meta['keypoint_id2name'][i]
                for i in range(dataset_meta['num_keypoints'])
            ],
            skeleton_links=[list(link) for link in
                            dataset_meta['skeleton_links']])  # yapf: disable

    def add(self, reference: FrameReference, persons: List[dict],
            problem: Optional[str]) -> None:
        """Write a frame's persons, or gather those of a file of many."""
        name = f'{self.names.stem(reference)}.json'
        if reference.record is None:
            write_json(osp.join(self.out_dir, name), persons)
        else:
            self._of_many.setdefault(name, []).append(
                dict(frame_id=reference.record, instances=persons))
        self._frames.append(
            dict(
                frame_id=reference.index,
                name=reference.name,
                time_s=reference.time_s,
                predictions=name,
                persons=len(persons),
                problem=problem))

    def close(self) -> None:
        """Write what was gathered, and the summary."""
        for name, frames in self._of_many.items():
            write_json(osp.join(self.out_dir, name), frames)
        write_json(
            osp.join(self.out_dir, SUMMARY),
            dict(meta_info=self._meta_info, frames=self._frames))


def write_json(path: str, content: Any) -> None:
    """Write a JSON file that appears whole or not at all."""
    aside = f'{path}.{uuid.uuid4().hex}.part'
    try:
        with open(aside, 'w', encoding='utf-8') as file:
            json.dump(content, file, indent=2)
        os.replace(aside, path)
    finally:
        if osp.exists(aside):
            os.remove(aside)
