"""ITOP's files as published: HDF5, one for depth and one for labels.

Legend: N frames, K = 15 joints. ITOP's own coordinates have y up; what leaves
this file is in the camera frame of this package: x right, y down, z forward.
"""
from typing import List, NamedTuple, Tuple

import numpy as np

from ..camera import ITOP_CAMERA
from ..depth.hdf5_frames import HDF5Frames, get_field, open_hdf5
from .label_checks import (median_surface_gap_m, projection_errors_px,
                           spread_rows)

VIEWS = ('side', 'top')
SPLITS = ('train', 'test')
NUM_JOINTS = 15
# Labels are whole pixels; the published ones agree with the camera to one.
MAX_MEDIAN_ERROR_PX = 3.
# Shoulders, elbows and hands: seen from above, the other joints lie up to
# 1.7 m below the surface.
ARM_JOINTS = slice(2, 8)
# The published labels of these lie some 5 cm from the surface; those of the
# other view, whose ids are the same, are off by 0.6 m and more.
MAX_MEDIAN_GAP_M = 0.4
NUM_CHECKED_FRAMES = 32


class ITOPLabels(NamedTuple):
    """The labels of a file, all rows.

    Attributes:
        ids (np.ndarray): Person and frame, such as b'00_00000', [N].
        is_valid (np.ndarray): Whether the labels were verified, bool [N].
        keypoints_px (np.ndarray): Whole pixels (x, y), float32 [N, K, 2].
        keypoints_cam (np.ndarray): Metres, y down, float32 [N, K, 3].
        seen (np.ndarray): Whether the camera sees the joint, bool [N, K].
    """
    ids: np.ndarray
    is_valid: np.ndarray
    keypoints_px: np.ndarray
    keypoints_cam: np.ndarray
    seen: np.ndarray


def itop_file_names(view: str, split: str) -> Tuple[str, str]:
    """Names of the depth file and of the label file.

    Args:
        view (str): 'side', which is ITOP's name of the front view, or 'top'.
        split (str): 'train' or 'test'.

    Raises:
        ValueError: If the view or the split is another.
    """
    if view not in VIEWS:
        raise ValueError(f"view: expected one of {VIEWS}, got {view!r}; ITOP "
                         "calls its front view 'side'")
    if split not in SPLITS:
        raise ValueError(f'split: expected one of {SPLITS}, got {split!r}')
    return (f'ITOP_{view}_{split}_depth_map.h5',
            f'ITOP_{view}_{split}_labels.h5')


def world_to_camera_frame(points_m: np.ndarray) -> np.ndarray:
    """ITOP's coordinates (..., 3), y up, in the camera frame, y down.

    float16 becomes float32 before any arithmetic: at 3 m it has steps of
    2 mm.
    """
    return points_m.astype(np.float32) * np.array([1, -1, 1], np.float32)


def read_itop_labels(path: str) -> ITOPLabels:
    """Read a label file without its segmentation, which is nearly all of it.

    Args:
        path (str): ``ITOP_..._labels.h5``.

    Returns:
        ITOPLabels: All rows, also those that are not valid; some 13 MB for
        ITOP's training split.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not whole or not a label file of ITOP, naming
            file and field.
    """
    with open_hdf5(path) as file:
        ids = _read_ids(file)
        n, k = len(ids), NUM_JOINTS
        fields = dict(
            is_valid=get_field(file, 'is_valid', 'biu', (n, )),
            seen=get_field(file, 'visible_joints', 'biu', (n, k)),
            pixels=get_field(file, 'image_coordinates', 'iuf', (n, k, 2)),
            world=get_field(file, 'real_world_coordinates', 'f', (n, k, 3)))
        try:
            stored = {name: field[:] for name, field in fields.items()}
        except OSError as error:
            raise ValueError(f'{path}: damaged ({error})') from error
    return ITOPLabels(ids, stored['is_valid'] == 1,
                      stored['pixels'].astype(np.float32),
                      world_to_camera_frame(stored['world']), stored['seen']
                      > 0)


def read_depth_ids(path: str) -> np.ndarray:
    """Read the ids of a depth file's frames after checking their form.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not whole or not a depth file of ITOP, naming
            file and field.
    """
    with open_hdf5(path) as file:
        ids = _read_ids(file)
        size = ITOP_CAMERA.height, ITOP_CAMERA.width
        get_field(file, 'data', 'f', (len(ids), *size))
    return ids


def check_same_frames(depth_path: str, depth_ids: np.ndarray, labels_path: str,
                      label_ids: np.ndarray) -> None:
    """Refuse two files that are not of the same frames.

    Raises:
        ValueError: Naming both files and the first row that differs.
    """
    advice = ('Take both files of one view and one split, from one download.')
    if len(depth_ids) != len(label_ids):
        raise ValueError(f'{depth_path} has {len(depth_ids)} frames, '
                         f'{labels_path} has {len(label_ids)}. {advice}')
    differ = np.flatnonzero(depth_ids != label_ids)
    if differ.size:
        row = differ[0]
        raise ValueError(
            f'field "id", row {row}: {_text(depth_ids[row])} in {depth_path}, '
            f'{_text(label_ids[row])} in {labels_path}; {differ.size} rows '
            f'differ. {advice}')


def unusable_rows(labels: ITOPLabels) -> List[Tuple[int, str]]:
    """Rows that are valid by ITOP's word but hold no position in space."""
    finite = np.isfinite(labels.keypoints_cam).all(axis=(1, 2))
    behind = (labels.keypoints_cam[..., 2] <= 0).any(axis=1)
    return [(int(row), 'real_world_coordinates are not finite'
             if not finite[row] else 'a joint does not lie before the camera')
            for row in np.flatnonzero(labels.is_valid & (~finite | behind))]


def check_labels(labels: ITOPLabels, rows: np.ndarray, frames: HDF5Frames,
                 labels_path: str) -> None:
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
            projection_errors_px(labels.keypoints_cam[rows],
                                 labels.keypoints_px[rows], ITOP_CAMERA)))
    if not error_px <= MAX_MEDIAN_ERROR_PX:
        raise ValueError(
            f'{labels_path}: image_coordinates lie {error_px:.1f} pixels '
            '(median) from the projected real_world_coordinates; this is not '
            "ITOP's camera (u = 160 + X / (0.0035 Z), v = 120 - Y / (0.0035 "
            'Z))')
    rows = rows[spread_rows(len(rows), NUM_CHECKED_FRAMES)]
    gap_m = median_surface_gap_m(
        [frames[row].astype(np.float32) for row in rows],
        labels.keypoints_px[rows,
                            ARM_JOINTS], labels.keypoints_cam[rows, ARM_JOINTS,
                                                              2])
    if not gap_m <= MAX_MEDIAN_GAP_M:
        raise ValueError(
            f'{labels_path}: the arms lie {gap_m:.2f} m (median) from the '
            f'surface seen in {frames.path}; are the two of the same view?')


def _read_ids(file) -> np.ndarray:
    ids = get_field(file, 'id', 'SO', (None, ))[:]
    return np.array([bytes(i) if isinstance(i, bytes) else str(i).encode()
                     for i in ids.tolist()], 'S')  # yapf: disable


def _text(stored_id: bytes) -> str:
    return stored_id.decode('ascii', 'replace')
