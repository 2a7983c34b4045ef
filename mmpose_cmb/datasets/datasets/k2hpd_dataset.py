"""K2HPD, Kinect2 human pose data."""

import os
import os.path as osp
from typing import List, Optional, Tuple

import numpy as np

from mmpose.registry import DATASETS

from ...formats.k2hpd import K2HPD_IMAGE_SIZE, K2HPDAnnotations, parse_k2hpd_annotations
from ...paths import config_path
from .single_person_dataset import SinglePersonDataset


@DATASETS.register_module()
class K2HPDDataset(SinglePersonDataset):
    """K2HPD in its native files, for top-down 2D pose estimation.

    "Human Pose Estimation from Depth Images via Inference Embedded
    Multi-task Learning", `Wang et al. (ACM MM 2016)
    <https://arxiv.org/abs/1608.03932>`__.

    One person per image; every joint counts as visible, also one outside the
    image. A record that cannot be used (a damaged line, a missing image) is
    left out and named in the log; too many of them are an error.

    K2HPD keypoint indexes::

        0: 'head',
        1: 'neck',
        2: 'mid_spine',
        3: 'right_shoulder',
        4: 'right_elbow',
        5: 'right_hand',
        6: 'left_shoulder',
        7: 'left_elbow',
        8: 'left_hand',
        9: 'right_hip',
        10: 'right_knee',
        11: 'right_foot',
        12: 'left_hip',
        13: 'left_knee',
        14: 'left_foot',
        15: 'spine_shoulder',
        16: 'spine_base',
        17: 'right_wrist',
        18: 'left_wrist'

    Args:
        max_bad_share (float): The part of all records that may be unusable
            before loading fails. Defaults to 0.05.
        sequence_length (int, optional): The annotation file holds sequences
            of so many frames, one after the other. Data infos then have
            ``sequence_index`` and ``sequence_start`` (whether it is the
            sequence's first usable frame). Defaults to None, still images.
        Other args: See :class:`SinglePersonDataset`.

    Raises:
        FileNotFoundError: If the annotation file or the folder of images is
            missing.
        ValueError: If too many records are unusable.
    """

    METAINFO: dict = dict(from_file=config_path('_base_/datasets/k2hpd.py'))

    IMAGE_SIZE = K2HPD_IMAGE_SIZE

    def __init__(
        self, *args, max_bad_share: float = 0.05, sequence_length: Optional[int] = None, **kwargs
    ) -> None:
        if sequence_length is not None and sequence_length < 1:
            raise ValueError(
                f'sequence_length: expected a number of frames, got {sequence_length}'
            )
        if not 0 <= max_bad_share <= 1:
            raise ValueError(
                f'max_bad_share: expected a part between 0 and 1, got {max_bad_share}'
            )
        self.max_bad_share = max_bad_share
        self.sequence_length = sequence_length
        super().__init__(*args, **kwargs)

    def _load_annotations(self) -> Tuple[List[dict], List[dict]]:
        """Read the annotation file and check it against the images."""
        self._check_files()
        with open(self.ann_file, 'rb') as file:
            records = parse_k2hpd_annotations(file.read(), self.metainfo['num_keypoints'])
        with os.scandir(self.data_prefix['img']) as entries:
            present = {entry.name for entry in entries}
        problems = list(records.problems)
        kept = []
        for index, name in enumerate(records.names):
            if name in present:
                kept.append(index)
            else:
                problems.append(
                    (records.line_numbers[index], f'{self._image_path(name)} is missing')
                )
        self.leave_out(sorted(problems), len(kept), self.max_bad_share)
        boxes = self._boxes(records.keypoints)
        instances = [
            self._instance(records, boxes, index) for index in kept[:: self.sample_interval]
        ]
        if self.sequence_length:
            self._tell_sequences(instances, records)
        return instances, self._as_images(instances)

    def _tell_sequences(self, instances: List[dict], records: K2HPDAnnotations) -> None:
        """Add each frame's sequence, by its place in the annotation file.

        A line that cannot be used has its place, too.
        """
        unusable = [line_number for line_number, _ in records.problems]
        lines = np.sort([*records.line_numbers, *unusable])
        before = None
        for instance in instances:
            line = records.line_numbers[instance['id']]
            place = int(np.searchsorted(lines, line))
            sequence = place // self.sequence_length
            instance.update(sequence_index=sequence, sequence_start=sequence != before)
            before = sequence

    def _check_files(self) -> None:
        for path in (self.ann_file, self.data_prefix['img']):
            if not osp.exists(path):
                root = self.data_root or osp.dirname(self.ann_file) or '.'
                raise FileNotFoundError(
                    f'K2HPD is not in place: {path} is missing. Put '
                    'train_annos.txt, test_annos.txt and '
                    f'depth_data/depth_images/ into {root}, or make synthetic '
                    'data there instead:\n    python tools/synthesize.py '
                    f'--layout k2hpd --out-dir {root}'
                )

    def _image_path(self, name: str) -> str:
        return osp.join(self.data_prefix['img'], name)

    def _instance(self, records: K2HPDAnnotations, boxes: np.ndarray, index: int) -> dict:
        """Return one record in MMPose's top-down format."""
        name = records.names[index]
        keypoints = records.keypoints[index : index + 1]
        return dict(
            id=index,
            img_id=int(name[: -len('.png')]),
            img_path=self._image_path(name),
            annotation_source=(f'{self.ann_file} line {records.line_numbers[index]}'),
            bbox=boxes[index : index + 1],
            bbox_score=np.ones(1, np.float32),
            keypoints=keypoints,
            keypoints_visible=np.ones(keypoints.shape[:2], np.float32),
            num_keypoints=keypoints.shape[1],
            category_id=1,
        )
