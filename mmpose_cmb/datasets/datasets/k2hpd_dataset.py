"""K2HPD, Kinect2 human pose data."""
import logging
import os
import os.path as osp
from collections import Counter
from typing import Dict, List, Tuple

import numpy as np
from mmengine.fileio import load
from mmengine.logging import print_log
from mmengine.utils import is_list_of

from mmpose.datasets.datasets.base import BaseCocoStyleDataset
from mmpose.registry import DATASETS
from mmpose.structures.bbox import bbox_xywh2xyxy
from ..dataset_info import config_path, parse_depth_metainfo
from ..k2hpd_annotations import (K2HPDAnnotations, check_problems,
                                 parse_k2hpd_annotations)


@DATASETS.register_module()
class K2HPDDataset(BaseCocoStyleDataset):
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
        bbox_padding_px (float): The person's box is the joints' extent and
            this many pixels on each side. It is not clipped to the image, so
            that joints outside the image lie in the box. Defaults to 15.
        max_bad_share (float): The part of all records that may be unusable
            before loading fails. Defaults to 0.05.
        sample_interval (int): Use every n-th record: K2HPD is video.
            Defaults to 1.
        bbox_file (str, optional): Detections to test with in place of the
            joints' extent: a JSON list of dicts with ``image_id`` (the
            image's number), ``bbox`` (x, y, w, h in pixels), ``score`` and
            ``category_id`` (1: person). The best one per image is taken. An
            image without any is tested with the whole image as its box, so
            that it still counts.
        Other args: See :class:`mmpose.datasets.BaseCocoStyleDataset`.

    Raises:
        FileNotFoundError: If the annotation file or the folder of images is
            missing.
        ValueError: If too many records are unusable.
    """

    METAINFO: dict = dict(from_file=config_path('_base_/datasets/k2hpd.py'))

    IMAGE_SIZE = (256, 212)

    def __init__(self,
                 *args,
                 bbox_padding_px: float = 15.,
                 max_bad_share: float = 0.05,
                 **kwargs) -> None:
        if not 0 <= max_bad_share <= 1:
            raise ValueError('max_bad_share: expected a part between 0 and '
                             f'1, got {max_bad_share}')
        self.bbox_padding_px = bbox_padding_px
        self.max_bad_share = max_bad_share
        super().__init__(*args, **kwargs)

    @classmethod
    def _load_metainfo(cls, metainfo: dict = None) -> dict:
        return parse_depth_metainfo(cls.METAINFO if metainfo is None else
                                    metainfo)

    def _load_annotations(self) -> Tuple[List[dict], List[dict]]:
        """Read the annotation file and check it against the images."""
        self._check_files()
        with open(self.ann_file, 'rb') as file:
            records = parse_k2hpd_annotations(file.read(),
                                              self.metainfo['num_keypoints'])
        with os.scandir(self.data_prefix['img']) as entries:
            present = {entry.name for entry in entries}
        problems = list(records.problems)
        kept = []
        for index, name in enumerate(records.names):
            if name in present:
                kept.append(index)
            else:
                problems.append((records.line_numbers[index],
                                 f'{self._image_path(name)} is missing'))
        left_out = check_problems(self.ann_file, sorted(problems), len(kept),
                                  self.max_bad_share)
        if left_out:
            print_log(left_out, logger='current', level=logging.WARNING)

        boxes = np.concatenate([
            records.keypoints.min(axis=1) - self.bbox_padding_px,
            records.keypoints.max(axis=1) + self.bbox_padding_px
        ], axis=1)
        instances = [
            self._instance(records, boxes, index)
            for index in kept[::self.sample_interval]
        ]
        images = [
            dict(img_id=instance['img_id'], img_path=instance['img_path'])
            for instance in instances
        ]
        return instances, images

    def _get_topdown_data_infos(self, instance_list: List[Dict]) -> List[Dict]:
        # MMPose would silently drop persons whose joints are all negative;
        # the parser has already refused what is damaged.
        return instance_list

    def _load_detection_results(self) -> List[dict]:
        """Replace the boxes by the best detection of each image."""
        instances, _ = self._load_annotations()
        best = self._best_detections()
        missing = Counter(instance['img_id'] in best
                          for instance in instances)[False]
        if missing:
            print_log(
                f'{self.bbox_file}: no person in {missing} of '
                f'{len(instances)} images; these are tested with the whole '
                'image as the box',
                logger='current',
                level=logging.WARNING)
        whole_image = dict(bbox=(0, 0, *self.IMAGE_SIZE), score=0.)
        for instance in instances:
            detection = best.get(instance['img_id'], whole_image)
            instance['bbox'] = bbox_xywh2xyxy(
                np.array([detection['bbox']], np.float32))
            instance['bbox_score'] = np.array([detection['score']], np.float32)
        return instances

    def _best_detections(self) -> Dict[int, dict]:
        """Return the person of the highest score for each image number."""
        if not osp.isfile(self.bbox_file):
            raise FileNotFoundError(f'bbox_file {self.bbox_file} is missing')
        detections = load(self.bbox_file)
        if not is_list_of(detections, dict):
            raise ValueError(f'{self.bbox_file}: expected a list of dicts, '
                             f'got {type(detections).__name__}')
        best = {}
        for index, detection in enumerate(detections):
            absent = {'image_id', 'bbox', 'score', 'category_id'
                      } - detection.keys()
            if absent or len(detection['bbox']) != 4:
                raise ValueError(
                    f'{self.bbox_file}: detection {index} needs image_id, '
                    f'bbox (4 numbers), score and category_id: {detection}')
            image_id = detection['image_id']
            if detection['category_id'] == 1 and (
                    image_id not in best
                    or detection['score'] > best[image_id]['score']):
                best[image_id] = detection
        return best

    def _check_files(self) -> None:
        for path in (self.ann_file, self.data_prefix['img']):
            if not osp.exists(path):
                root = self.data_root or osp.dirname(self.ann_file) or '.'
                raise FileNotFoundError(
                    f'K2HPD is not in place: {path} is missing. Put '
                    'train_annos.txt, test_annos.txt and '
                    f'depth_data/depth_images/ into {root}, or make synthetic '
                    'data there instead:\n    python tools/synthesize.py '
                    f'--layout k2hpd --out {root}')

    def _image_path(self, name: str) -> str:
        return osp.join(self.data_prefix['img'], name)

    def _instance(self, records: K2HPDAnnotations, boxes: np.ndarray,
                  index: int) -> dict:
        """Return one record in MMPose's top-down format."""
        name = records.names[index]
        keypoints = records.keypoints[index:index + 1]
        return dict(
            id=index,
            img_id=int(name[:-len('.png')]),
            img_path=self._image_path(name),
            annotation_source=(
                f'{self.ann_file} line {records.line_numbers[index]}'),
            bbox=boxes[index:index + 1],
            bbox_score=np.ones(1, np.float32),
            keypoints=keypoints,
            keypoints_visible=np.ones(keypoints.shape[:2], np.float32),
            num_keypoints=keypoints.shape[1],
            category_id=1)
