"""Writing what was found: the one form of the project's JSON files.

An image's persons are in ``<name>.json``, a list as MMPose's inferencers
write it; a file of many frames gives one ``<name>.json``, a list of
``{"frame_id": ..., "instances": [...]}`` as MMPose writes videos.
``summary.json`` lists all frames with their problems, and the joints' names.
docs/inference.md explains every field.
"""

import math
import os.path as osp
from typing import Any, Dict, List, Optional, Sequence

from ..camera import Camera
from ..depth.frame import PersonPose
from ..depth.frame_reference import FrameReference
from ..io.kept_files import check_output
from ..io.whole_file import write_json
from .model_spec import SkeletonSpec
from .predictor import FrameOutcome

SUMMARY = 'summary.json'
SUMMARY_FORMAT = 1


def person_record(person: PersonPose) -> Dict[str, Any]:
    """A person as plain numbers and lists, for JSON.

    The fields are MMPose's (``keypoints``, ``keypoint_scores``, ``bbox`` in a
    list of its own, ``bbox_score``), and ``keypoints_cam`` in metres where it
    is known; numbers that are not finite are ``None``.
    """
    record = dict(
        keypoints=person.keypoints.tolist(),
        keypoint_scores=person.keypoint_scores.tolist(),
        bbox=[person.bbox.tolist()],
        bbox_score=float(person.bbox_score),
    )
    if person.keypoints_cam is not None:
        record['keypoints_cam'] = person.keypoints_cam.tolist()
    return {name: _finite(value) for name, value in record.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if math.isfinite(value) else None


class FileNames:
    """Names of output files, one for each input, never the same twice."""

    def __init__(self) -> None:
        # Frames in memory may have the same name; a file's have one stem.
        self._stems: Dict[Any, str] = {}
        self._taken = {osp.splitext(SUMMARY)[0]}

    def stem(self, reference: FrameReference) -> str:
        """Name of the frame's file without folder and suffix."""
        path = reference.name
        key: Any = (path, id(reference))
        if reference.record is not None:
            key = path = path[: path.rindex('[')]
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


def check_result_files(
    references: Sequence[FrameReference],
    names: FileNames,
    pred_dir: Optional[str],
    vis_dir: Optional[str],
) -> None:
    """Refuse results over files that are to be kept, before any is written.

    Args:
        references (Sequence[FrameReference]): The frames of a call.
        names (FileNames): Names their files.
        pred_dir (str, optional): Folder for the predictions.
        vis_dir (str, optional): Folder for the pictures.

    Raises:
        FileExistsError: See ``io.kept_files``.
    """
    for reference in references:
        if vis_dir:
            check_output(osp.join(vis_dir, f'{names.stem_of_record(reference)}.png'))
        if pred_dir:
            check_output(osp.join(pred_dir, f'{names.stem(reference)}.json'))
    if pred_dir:
        check_output(osp.join(pred_dir, SUMMARY))


class PredictionWriter:
    """Writes the predictions of one call.

    Args:
        out_dir (str): The folder; made where it is missing.
        names (FileNames): Shared with other outputs.
        skeleton (SkeletonSpec): For the summary: joints and links.
    """

    def __init__(self, out_dir: str, names: FileNames, skeleton: SkeletonSpec) -> None:
        self.out_dir = out_dir
        self.names = names
        self._of_many: Dict[str, List[dict]] = {}
        self._frames: List[dict] = []
        self._meta_info = dict(
            dataset_name=skeleton.name,
            keypoints=skeleton.keypoint_names,
            skeleton_links=[list(link) for link in skeleton.links],
        )

    def add(self, outcome: FrameOutcome) -> None:
        """Write a frame's persons, or gather those of a file of many."""
        reference = outcome.reference
        name = f'{self.names.stem(reference)}.json'
        persons = [person_record(person) for person in outcome.persons]
        if reference.record is None:
            write_json(osp.join(self.out_dir, name), persons)
        else:
            self._of_many.setdefault(name, []).append(
                dict(frame_id=reference.record, instances=persons)
            )
        intrinsics = None
        if outcome.frame is not None:
            intrinsics = outcome.frame.intrinsics
        self._frames.append(
            dict(
                frame_id=reference.index,
                name=reference.name,
                time_s=reference.time_s,
                unit_m=reference.unit_m,
                intrinsics=_plain(intrinsics),
                camera_assumed=bool(outcome.boxes and outcome.boxes.camera_assumed),
                predictions=name,
                persons=len(persons),
                problem=outcome.problem,
            )
        )

    def close(self) -> None:
        """Write what was gathered, and the summary."""
        for name, frames in self._of_many.items():
            write_json(osp.join(self.out_dir, name), frames)
        write_json(
            osp.join(self.out_dir, SUMMARY),
            dict(format=SUMMARY_FORMAT, meta_info=self._meta_info, frames=self._frames),
        )


def _plain(camera: Optional[Camera]) -> Optional[List[float]]:
    if camera is None:
        return None
    return [camera.fx, camera.fy, camera.cx, camera.cy]
