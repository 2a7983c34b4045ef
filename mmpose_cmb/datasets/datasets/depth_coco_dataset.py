"""A person's own depth recordings in COCO's keypoint format."""

import logging
import os.path as osp
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from mmengine.logging import print_log

from mmpose.registry import DATASETS

from ...camera import Camera
from ...depth.depth_io import read_depth
from ...formats.depth_coco import DepthCoco, read_depth_coco
from ..dataset_info import parse_depth_metainfo
from ..detected_boxes import use_detections
from ..label_checks import (
    MAX_MEDIAN_ERROR_PX,
    median_depth_ratio,
    projection_errors_px,
    spread_rows,
    why_not_in_space,
)
from .depth_dataset import DepthDataset

# Seen from above most joints lie behind the surface, but a wrong unit of depth
# is off by more.
MAX_DEPTH_RATIO = 2.0
NUM_CHECKED_FRAMES = 8


@DATASETS.register_module()
class DepthCocoDataset(DepthDataset):
    """Depth images with annotations in COCO's keypoint format.

    Any sensor and any skeleton: the joints are those of ``metainfo``. The
    images are read by ``LoadDepthImage``, which needs no unit here. Several
    persons per image are fine. docs/datasets_3d.md describes the file;
    ``tools/dataset_converters`` writes it.

    A data info has ``depth_unit_m``; ``keypoints_seen`` (the COCO flag is 2);
    and, where the file has them, ``intrinsics`` (fx, fy, cx, cy) and
    ``keypoints_cam`` ([1, K, 3], metres, y down). A box that is not given is
    the extent of the labelled joints with a margin. Boxes are not clipped to
    the image. Annotations with ``iscrowd`` or without a labelled joint are
    left out; the log says how many.

    With ``data_mode='bottomup'`` a data info is an image, those with nobody
    among them: all arrays have a row for each person, ``id`` is a list, and
    ``unsure_bbox`` ([M, 4]) has the boxes of the annotations with
    ``iscrowd``, where somebody may be found or not.

    Args:
        metainfo (dict): The joints: a ``dataset_info`` or
            ``dict(from_file=...)``.
        bbox_padding_px (float): Margin of a box that is not given. Defaults
            to 15.
        sample_interval (int): Use every n-th image. Defaults to 1.
        bbox_file (str, optional): Detections to test with: a JSON list of
            dicts with ``image_id``, ``bbox`` (x, y, w, h in pixels),
            ``score`` and ``category_id`` (1: person). Each annotated person
            gets the detection that overlaps its box most.
        Other args: See :class:`DepthDataset`.

    Raises:
        FileNotFoundError: If the annotation file or an image is missing.
        ValueError: If the annotation file is damaged, or joints, intrinsics
            and depth do not fit together.
    """

    def __init__(self, *args, bbox_padding_px: float = 15.0, **kwargs) -> None:
        self.bbox_padding_px = bbox_padding_px
        super().__init__(*args, **kwargs)

    @classmethod
    def _load_metainfo(cls, metainfo: Optional[dict] = None) -> dict:
        if not metainfo:
            raise ValueError(
                f'{cls.__name__} needs the joints: metainfo=dict(from_file='
                "'configs/_base_/datasets/itop.py') or a dataset_info of your "
                'own'
            )
        return parse_depth_metainfo(metainfo)

    def _names(self) -> List[str]:
        names = self.metainfo['keypoint_id2name']
        return [names[i] for i in range(len(names))]

    def _read(self) -> DepthCoco:
        """The annotation file, with the joints of ``metainfo``."""
        return read_depth_coco(self.ann_file, self._names())

    def _load_annotations(self) -> Tuple[List[dict], List[dict]]:
        """Read the annotation file and check it against the images."""
        coco = self._read()
        self._metainfo['CLASSES'] = coco.categories
        if coco.bad:
            self.leave_out(coco.bad, len(coco.annotations), 0.0, '')
        kept = list(coco.images)[:: self.sample_interval]
        images = {key: coco.images[key] for key in kept}
        if not self.skip_bad:
            self._check_files(images)
        people = [a for a in coco.annotations if a['image_id'] in images]
        usable = [a for a in people if not a.get('iscrowd') and any(a['keypoints'][2::3])]
        unsure = [a for a in people if a.get('iscrowd') and 'bbox' in a]
        if len(usable) < len(people):
            print_log(
                f'{self.ann_file}: {len(people) - len(usable)} of '
                f'{len(people)} annotations are crowds or have no labelled '
                'joint and are left out',
                logger='current',
                level=logging.WARNING,
            )
        if coco.num_others:
            print_log(
                f'{self.ann_file}: {coco.num_others} annotations of other categories than people '
                'are left out',
                logger='current',
                level=logging.WARNING,
            )
        if not usable:
            raise ValueError(f'{self.ann_file}: no annotation of a person with a labelled joint')
        instances = [self._instance(a, images[a['image_id']]) for a in usable]
        if 'keypoints_cam' in instances[0] and not self.skip_bad:
            self._check_cameras(instances)
        boxes: Dict[int, list] = {key: [] for key in images}
        for annotation in unsure:
            boxes[annotation['image_id']].append(_corners(annotation['bbox']))
        return instances, [
            dict(
                self._image_info(image),
                unsure_bbox=np.array(boxes[key], np.float32).reshape(-1, 4),
            )
            for key, image in images.items()
        ]

    def _get_bottomup_data_infos(
        self, instance_list: List[Dict], image_list: List[Dict]
    ) -> List[Dict]:
        # MMPose trains on no image without a person; a person finder does.
        arrays = [key for key, value in instance_list[0].items()
                  if isinstance(value, np.ndarray) and key != 'intrinsics']  # yapf: disable
        by_image: Dict[int, list] = {image['img_id']: [] for image in image_list}
        for instance in instance_list:
            by_image[instance['img_id']].append(instance)
        nobody = {key: instance_list[0][key][:0] for key in arrays}
        return [
            dict(
                image,
                id=[person['id'] for person in people],
                **{key: np.concatenate([nobody[key], *(p[key] for p in people)])
                   for key in arrays},
            )
            for image, people in zip(image_list, by_image.values())
        ]  # yapf: disable

    def _load_detection_results(self) -> List[dict]:
        """Replace the boxes by detected ones, and keep the joints."""
        instances, _ = self._load_annotations()
        return use_detections(instances, self.bbox_file)

    def load_data_list(self) -> List[dict]:
        """Load the data infos; with ``skip_bad`` the good ones have to fit together."""
        infos = super().load_data_list()
        if self.skip_bad and 'keypoints_cam' in infos[0] and self.data_mode == 'topdown':
            self._check_cameras(infos)
        return infos

    def _why_bad(self, info: dict) -> Optional[str]:
        reason = super()._why_bad(info)
        if reason is not None or 'keypoints_cam' not in info or self.data_mode != 'topdown':
            return reason
        labelled = info['keypoints_visible'] > 0
        return why_not_in_space(
            info['keypoints_cam'][labelled],
            info['keypoints'][labelled],
            _camera(info),
            read_depth(info['img_path'], info['depth_unit_m']),
        )

    def _check_files(self, images: dict) -> None:
        missing = [path for path in map(self._image_path, images.values()) if not osp.isfile(path)]
        if missing:
            raise FileNotFoundError(
                f'{self.ann_file}: {len(missing)} of {len(images)} images are '
                f'missing, the first is {missing[0]}; data_prefix=dict(img='
                f'...) is {self.data_prefix["img"]!r}'
            )

    def _check_cameras(self, instances: List[dict]) -> None:
        """Refuse intrinsics or a unit of depth that contradict the joints."""
        errors_px = []
        for info in instances:
            labelled = info['keypoints_visible'] > 0
            # What is not labelled has no depth to divide by.
            errors_px.append(
                projection_errors_px(
                    info['keypoints_cam'][labelled], info['keypoints'][labelled], _camera(info)
                )
            )
        error_px = np.median(np.concatenate(errors_px))
        if not error_px <= MAX_MEDIAN_ERROR_PX:
            raise ValueError(
                f'{self.ann_file}: projected with the intrinsics, '
                f'keypoints_cam lie {error_px:.1f} pixels (median) from the '
                'keypoints. Are they in metres, y downwards, and the '
                'intrinsics those of images of this size?'
            )
        checked = [instances[i] for i in spread_rows(len(instances), NUM_CHECKED_FRAMES)]
        labelled = [info['keypoints_visible'] > 0 for info in checked]
        ratio = median_depth_ratio(
            [read_depth(i['img_path'], i['depth_unit_m']) for i in checked],
            [i['keypoints'][use] for i, use in zip(checked, labelled)],
            [i['keypoints_cam'][use][:, 2] for i, use in zip(checked, labelled)],
        )
        if ratio > MAX_DEPTH_RATIO or ratio < 1 / MAX_DEPTH_RATIO:
            raise ValueError(
                f'{self.ann_file}: the joints lie {ratio:.3g} times as far '
                'away (median) as the surface seen at their pixels. Is '
                f'depth_unit_m ({checked[0]["depth_unit_m"]:g} for '
                f'{checked[0]["img_path"]}) right?'
            )

    def _image_path(self, image: dict) -> str:
        return osp.join(self.data_prefix['img'], image['file_name'])

    def _image_info(self, image: dict) -> dict:
        """What is known of an image."""
        info = dict(
            img_id=image['id'],
            img_path=self._image_path(image),
            image_size=(image['width'], image['height']),
            annotation_source=f'{self.ann_file} image {image["id"]}',
            depth_unit_m=float(image['depth_unit_m']),
        )
        if 'intrinsics' in image:
            info['intrinsics'] = np.array(image['intrinsics'], np.float32)
        return info

    def _instance(self, annotation: dict, image: dict) -> dict:
        """Return one person in MMPose's top-down format."""
        triples = np.array(annotation['keypoints'], np.float32)
        triples = triples.reshape(1, -1, 3)
        keypoints, flags = triples[..., :2].copy(), triples[..., 2]
        if 'bbox' in annotation:
            bbox = _corners(annotation['bbox'])
        else:
            labelled = keypoints[flags > 0]
            bbox = [
                *labelled.min(axis=0) - self.bbox_padding_px,
                *labelled.max(axis=0) + self.bbox_padding_px,
            ]
        info = dict(
            self._image_info(image),
            id=annotation['id'],
            annotation_source=f'{self.ann_file} annotation {annotation["id"]}',
            bbox=np.array([bbox], np.float32),
            bbox_score=np.ones(1, np.float32),
            keypoints=keypoints,
            keypoints_visible=np.minimum(flags, 1),
            keypoints_seen=(flags == 2).astype(np.float32),
            num_keypoints=int((flags > 0).sum()),
            category_id=annotation.get('category_id', 1),
            raw_ann_info=annotation,
        )
        if 'keypoints_cam' in annotation:
            info['keypoints_cam'] = np.array(annotation['keypoints_cam'], np.float32).reshape(
                1, -1, 3
            )
        return info


def _corners(bbox: Sequence[float]) -> List[float]:
    """x1, y1, x2, y2 of COCO's x, y, w, h."""
    x, y, w, h = bbox
    return [x, y, x + w, y + h]


def _camera(info: dict) -> Camera:
    return Camera(*info['intrinsics'], *info['image_size'])
