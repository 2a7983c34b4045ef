"""ITOP, people seen from the front and from above."""

import logging
import os.path as osp
from typing import List, Tuple

import numpy as np
from mmengine.logging import print_log

from mmpose.registry import DATASETS

from ...camera import ITOP_CAMERA, project
from ...formats.itop import (
    ITOPLabels,
    check_same_frames,
    itop_file_names,
    read_depth_ids,
    read_itop_labels,
    unusable_rows,
)
from ...io.hdf5_frames import FrameLayout, HDF5Frames
from ...paths import config_path
from ..label_checks import (
    intrinsics_array,
    median_surface_gap_m,
    projection_errors_px,
    spread_rows,
)
from .single_person_dataset import SinglePersonDataset

# Labels are whole pixels; the published ones agree with the camera to one.
MAX_MEDIAN_ERROR_PX = 3.0
# Shoulders, elbows and hands: seen from above, the other joints lie up to
# 1.7 m below the surface.
ARM_JOINTS = slice(2, 8)
# The published labels of these lie some 5 cm from the surface; those of the
# other view, whose ids are the same, are off by 0.6 m and more.
MAX_MEDIAN_GAP_M = 0.4
NUM_CHECKED_FRAMES = 32


@DATASETS.register_module()
class ITOPDataset(SinglePersonDataset):
    """ITOP in its native HDF5 files, for pose estimation in 2D and 3D.

    "Towards Viewpoint Invariant 3D Human Pose Estimation", `Haque et al.
    (ECCV 2016) <https://arxiv.org/abs/1603.07076>`__. The files are not
    converted; frames are read by ``LoadDepthFrameFromHDF5``.

    Only frames with ``is_valid == 1`` are used. ``keypoints`` are the 3D
    labels projected with ITOP's intrinsics: the same points as the files'
    ``image_coordinates``, without their rounding to whole pixels. Joints
    outside the image are kept. Every joint counts as labelled
    (``keypoints_visible``); whether the camera sees it is in
    ``keypoints_seen`` and is not used by the 10 cm rule.

    A data info has ``frame_index`` (row of the file), ``frame_id`` (such as
    '00_00000'), ``keypoints_cam`` ([1, 15, 3], metres, y down), and
    ``intrinsics`` (fx, fy, cx, cy).

    ITOP keypoint indexes::

        0: 'head',
        1: 'neck',
        2: 'right_shoulder',
        3: 'left_shoulder',
        4: 'right_elbow',
        5: 'left_elbow',
        6: 'right_hand',
        7: 'left_hand',
        8: 'torso',
        9: 'right_hip',
        10: 'left_hip',
        11: 'right_knee',
        12: 'left_knee',
        13: 'right_foot',
        14: 'left_foot'

    Args:
        view (str): 'side' (ITOP's name of the front view) or 'top'.
        split (str): 'train' or 'test'. Together with the view it names the
            files, which lie in ``data_root``.
        max_bad_share (float): The part of the valid frames whose labels may
            be unusable before loading fails. Defaults to 0.05.
        Other args: See :class:`SinglePersonDataset`.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is not whole or not of ITOP, or the two files
            do not belong together.
    """

    METAINFO: dict = dict(from_file=config_path('_base_/datasets/itop.py'))

    IMAGE_SIZE = (ITOP_CAMERA.width, ITOP_CAMERA.height)

    def __init__(self, view: str, split: str, *, max_bad_share: float = 0.05, **kwargs) -> None:
        if not 0 <= max_bad_share <= 1:
            raise ValueError(
                f'max_bad_share: expected a part between 0 and 1, got {max_bad_share}'
            )
        self.max_bad_share = max_bad_share
        depth_name, labels_name = itop_file_names(view, split)
        super().__init__(ann_file=labels_name, data_prefix=dict(img=depth_name), **kwargs)

    @property
    def depth_path(self) -> str:
        """Path of the depth file."""
        return self.data_prefix['img']

    def _load_annotations(self) -> Tuple[List[dict], List[dict]]:
        """Read the labels and check them against the depth file."""
        self._check_files()
        labels = read_itop_labels(self.ann_file)
        check_same_frames(
            self.depth_path, read_depth_ids(self.depth_path), self.ann_file, labels.ids
        )
        rows = self._usable_rows(labels)
        frames = HDF5Frames(self.depth_path)
        check_labels(labels, rows, frames, self.ann_file)
        self._report(labels, rows, frames.layout)
        frames.close()
        instances = self._instances(labels, rows[:: self.sample_interval])
        return instances, self._as_images(instances)

    def _usable_rows(self, labels: ITOPLabels) -> np.ndarray:
        problems = unusable_rows(labels)
        usable = labels.is_valid.copy()
        usable[[row for row, _ in problems]] = False
        rows = np.flatnonzero(usable)
        if not rows.size and not problems:
            raise ValueError(
                f'{self.ann_file}: field "is_valid" is 1 in none of {len(usable)} rows'
            )
        self.leave_out(problems, len(rows), self.max_bad_share, 'row')
        return rows

    def _instances(self, labels: ITOPLabels, rows: np.ndarray) -> List[dict]:
        """Return rows in MMPose's top-down format."""
        keypoints_cam = labels.keypoints_cam[rows]
        keypoints = project(keypoints_cam, ITOP_CAMERA).astype(np.float32)
        boxes = self._boxes(keypoints)
        seen = labels.seen[rows].astype(np.float32)
        intrinsics = intrinsics_array(ITOP_CAMERA)
        return [
            dict(
                id=i,
                img_id=int(row),
                img_path=self.depth_path,
                frame_index=int(row),
                frame_id=labels.ids[row].decode('ascii', 'replace'),
                annotation_source=f'{self.ann_file} row {row}',
                bbox=boxes[i : i + 1],
                bbox_score=np.ones(1, np.float32),
                keypoints=keypoints[i : i + 1],
                keypoints_visible=np.ones((1, keypoints.shape[1]), np.float32),
                keypoints_cam=keypoints_cam[i : i + 1],
                keypoints_seen=seen[i : i + 1],
                intrinsics=intrinsics,
                num_keypoints=keypoints.shape[1],
                category_id=1,
            )
            for i, row in enumerate(rows)
        ]

    def _report(self, labels: ITOPLabels, rows: np.ndarray, layout: FrameLayout) -> None:
        """Say in the log what the files hold."""
        print_log(
            f'{self.depth_path}: {len(rows)} valid frames of '
            f'{len(labels.ids)}; depth is stored {layout}',
            logger='current',
        )
        if layout.is_slow:
            print_log(
                f'{self.depth_path}: each frame that is read takes '
                f'{layout.chunks[0]} frames from the file, which is slow in '
                'random order. "h5repack -f NONE -l CONTI IN OUT" stores '
                'them one after the other.',
                logger='current',
                level=logging.WARNING,
            )

    def _check_files(self) -> None:
        for path in (self.ann_file, self.depth_path):
            if not osp.isfile(path):
                root = self.data_root or osp.dirname(path) or '.'
                raise FileNotFoundError(
                    f'ITOP is not in place: {path} is missing. Put the '
                    f'unpacked depth_map and labels files into {root} '
                    '(https://zenodo.org/records/3932973), or make synthetic '
                    'data there instead:\n    python tools/synthesize.py '
                    f'--layout itop --out-dir {root}'
                )


def check_labels(
    labels: ITOPLabels, rows: np.ndarray, frames: HDF5Frames, labels_path: str
) -> None:
    """Refuse labels that do not fit ITOP's camera or the depth images.

    Args:
        labels (ITOPLabels): The labels.
        rows (np.ndarray): The rows in use.
        frames (HDF5Frames): The depth images; some are read.
        labels_path (str): For the message.

    Raises:
        ValueError: If 2D and 3D joints disagree under ITOP's intrinsics, or
            the joints are not where the depth images show the person.
    """
    error_px = float(
        np.median(
            projection_errors_px(
                labels.keypoints_cam[rows], labels.keypoints_px[rows], ITOP_CAMERA
            )
        )
    )
    if not error_px <= MAX_MEDIAN_ERROR_PX:
        raise ValueError(
            f'{labels_path}: image_coordinates lie {error_px:.1f} pixels '
            '(median) from the projected real_world_coordinates; this is not '
            "ITOP's camera (u = 160 + X / (0.0035 Z), v = 120 - Y / (0.0035 "
            'Z))'
        )
    rows = rows[spread_rows(len(rows), NUM_CHECKED_FRAMES)]
    gap_m = median_surface_gap_m(
        [frames[row].astype(np.float32) for row in rows],
        labels.keypoints_px[rows, ARM_JOINTS],
        labels.keypoints_cam[rows, ARM_JOINTS, 2],
    )
    if not gap_m <= MAX_MEDIAN_GAP_M:
        raise ValueError(
            f'{labels_path}: the arms lie {gap_m:.2f} m (median) from the '
            f'surface seen in {frames.path}; are the two of the same view?'
        )
