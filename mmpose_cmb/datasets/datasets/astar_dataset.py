"""ASTAR, hands seen by a time-of-flight camera."""

from typing import List, Optional, Sequence, Tuple

import numpy as np
from mmengine.logging import print_log

from mmpose.registry import DATASETS

from ...camera import SOFTKINETIC_DS325, check_camera_of_image, check_intrinsics
from ...formats.astar import (
    BACKGROUND_M,
    HEIGHT,
    WIDTH,
    AstarFrame,
    check_convention,
    list_astar_frames,
    offset_px_joints,
    read_shand,
    read_skdepth,
    wrist_mm_joints,
)
from ...paths import config_path
from ..label_checks import intrinsics_array, median_surface_gap_m, spread_rows
from .single_person_dataset import SinglePersonDataset

# Joints lie about a centimetre inside the hand, some behind other fingers.
MAX_MEDIAN_GAP_M = 0.06
NUM_CHECKED_FRAMES = 16
MEANINGS = dict(
    offset_px='z in millimetres, x and y in pixels from the image centre',
    wrist_mm='x, y and z in millimetres from the wrist, whose own place is '
    'estimated from the depth image',
)


@DATASETS.register_module()
class ASTARDataset(SinglePersonDataset):
    """ASTAR's hands in their native files, for pose estimation in 2D and 3D.

    "Efficient Hand Pose Estimation from a Single Depth Image", Xu and Cheng
    (ICCV 2013).
    Subjects 16 to 30 are the training split, 1 to 15 the test split, 435
    frames each. Frames are read by ``LoadSKDepth``.

    What the numbers in the joint files mean is not documented, and two public
    readers disagree; the log says which reading is used, and files that do
    not fit it are refused. Nor are the camera's intrinsics published.

    A data info has ``subject``, ``pose``, ``keypoints_cam`` ([1, 20, 3],
    metres, y down) and ``intrinsics`` (fx, fy, cx, cy).

    ASTAR keypoint indexes::

        0: 'wrist',
        1-3: 'thumb_1' to 'thumb_3',
        4-7: 'index_1' to 'index_4',
        8-11: 'middle_1' to 'middle_4',
        12-15: 'ring_1' to 'ring_4',
        16-19: 'little_1' to 'little_4'

    Args:
        split (str): 'train' or 'test'.
        label_convention (str): How the joint files are read. 'offset_px':
            triples of z in millimetres, then x and y in pixels from the
            image's centre (y down). 'wrist_mm': triples of x, y and z in
            millimetres from the wrist; where the wrist is, is estimated from
            the depth image. Defaults to 'offset_px'.
        intrinsics (Sequence[float]): fx, fy, cx, cy in pixels. Defaults to
            224.5, 230.5, 160, 120, usual for a SoftKinetic DS325: an
            assumption.
        background_m (float, optional): As in ``LoadSKDepth``; used to find
            the hand. Defaults to 0.83.
        Other args: See :class:`SinglePersonDataset`. ``data_root`` is needed.

    Raises:
        FileNotFoundError: If a folder or file is missing.
        ValueError: If a file is damaged, does not fit the convention, or the
            joints do not lie on the hand.
    """

    METAINFO: dict = dict(from_file=config_path('_base_/datasets/astar.py'))

    IMAGE_SIZE = (WIDTH, HEIGHT)

    def __init__(
        self,
        split: str,
        *,
        data_root: str,
        label_convention: str = 'offset_px',
        intrinsics: Sequence[float] = SOFTKINETIC_DS325,
        background_m: Optional[float] = BACKGROUND_M,
        **kwargs,
    ) -> None:
        self.split = split
        self.label_convention = label_convention
        self.camera = check_intrinsics(intrinsics)
        check_camera_of_image(self.camera, WIDTH, HEIGHT)
        self.background_m = background_m
        super().__init__(data_root=data_root, **kwargs)

    def _load_annotations(self) -> Tuple[List[dict], List[dict]]:
        """Read all joint files and check them against the depth images."""
        frames = list_astar_frames(self.data_root, self.split)
        frames, triples = self._readable(frames)
        check_convention(triples, [f.joints_path for f in frames], self.label_convention)
        joints = [self._joints(*pair) for pair in zip(triples, frames)]
        keypoints, keypoints_cam = (np.array(part, np.float32) for part in zip(*joints))
        self._check_on_hand(frames, keypoints, keypoints_cam)
        numbers = ', '.join(f'{x:g}' for x in self.camera[:4])
        print_log(
            f'{self.data_root}: {len(frames)} {self.split} frames; joints '
            f"read as '{self.label_convention}' "
            f'({MEANINGS[self.label_convention]}), intrinsics taken to be '
            f'{numbers}',
            logger='current',
        )
        instances = self._instances(frames, keypoints, keypoints_cam)
        instances = instances[:: self.sample_interval]
        return instances, self._as_images(instances)

    def _readable(self, frames: List[AstarFrame]) -> Tuple[List[AstarFrame], np.ndarray]:
        """Frames whose joint files can be read, and what these hold."""
        read, triples, problems = [], [], []
        for frame in frames:
            try:
                triples.append(read_shand(frame.joints_path))
                read.append(frame)
            except ValueError as error:
                problems.append(('', str(error)))
        self.leave_out(problems, len(read), 0.0, '')
        return read, np.stack(triples)

    def _joints(self, triples: np.ndarray, frame: AstarFrame) -> Tuple[np.ndarray, np.ndarray]:
        """Pixels and camera coordinates of a frame's joints."""
        if self.label_convention == 'offset_px':
            return offset_px_joints(triples, self.camera)
        try:
            return wrist_mm_joints(
                triples, read_skdepth(frame.depth_path, self.background_m), self.camera
            )
        except ValueError as error:
            raise ValueError(f'{frame.depth_path}: {error}') from error

    def _check_on_hand(
        self, frames: List[AstarFrame], keypoints: np.ndarray, keypoints_cam: np.ndarray
    ) -> None:
        rows = spread_rows(len(frames), NUM_CHECKED_FRAMES)
        gap_m = median_surface_gap_m(
            [read_skdepth(frames[row].depth_path, self.background_m)
             for row in rows], keypoints[rows],
            keypoints_cam[rows, :, 2])  # yapf: disable
        if not gap_m <= MAX_MEDIAN_GAP_M:
            raise ValueError(
                f"{self.data_root}: read as '{self.label_convention}', the "
                f'joints lie {gap_m * 1000:.0f} mm (median) from the surface '
                'seen at their pixels; the files are meant in another way, '
                'or the depth images belong to other joints'
            )

    def _instances(
        self, frames: List[AstarFrame], keypoints: np.ndarray, keypoints_cam: np.ndarray
    ) -> List[dict]:
        """Return frames in MMPose's top-down format."""
        boxes = self._boxes(keypoints)
        return [
            dict(
                id=i,
                img_id=i,
                img_path=frame.depth_path,
                subject=frame.subject,
                pose=frame.pose,
                annotation_source=frame.joints_path,
                bbox=boxes[i : i + 1],
                bbox_score=np.ones(1, np.float32),
                keypoints=keypoints[i : i + 1],
                keypoints_visible=np.ones((1, keypoints.shape[1]), np.float32),
                keypoints_cam=keypoints_cam[i : i + 1],
                intrinsics=intrinsics_array(self.camera),
                num_keypoints=keypoints.shape[1],
                category_id=1,
            )
            for i, frame in enumerate(frames)
        ]
