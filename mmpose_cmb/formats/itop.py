"""ITOP's files as published: HDF5, one for depth and one for labels.

For both views and splits ``ITOP_{view}_{split}_depth_map.h5`` and
``..._labels.h5``.

Legend: N frames, K = 15 joints. ITOP's own coordinates have y up; what leaves
and enters this file is in the camera frame of this package: x right, y down,
z forward.
"""

from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

import numpy as np

from ..camera import ITOP_CAMERA
from ..io.bounds import check_frame_count
from ..io.hdf5_frames import get_field, import_h5py, naming_damage, open_hdf5
from ..io.whole_file import AnyPath, whole_file
from .joint_names import limbs

ITOP_JOINTS = (
    'head',
    'neck',
    'right_shoulder',
    'left_shoulder',
    'right_elbow',
    'left_elbow',
    'right_hand',
    'left_hand',
    'torso',
    'right_hip',
    'left_hip',
    'right_knee',
    'left_knee',
    'right_foot',
    'left_foot',
)
ITOP_BONES = (
    ('head', 'neck'),
    ('neck', 'torso'),
    *limbs([('*_shoulder', '*_elbow'), ('*_hip', '*_knee'), ('*_knee', '*_foot')]),
    *limbs([('neck', '*_shoulder'), ('*_elbow', '*_hand'), ('torso', '*_hip')]),
)
# ITOP calls its front view 'side'.
ITOP_VIEWS = ('side', 'top')
SPLITS = ('train', 'test')
# Where no joint in a room can be, metres.
NEAREST_M, FARTHEST_M = 0.1, 20.0
# In the segmentation, in place of a joint.
BACKGROUND_PART = -1
_SIZE = (ITOP_CAMERA.height, ITOP_CAMERA.width)
_NUM_JOINTS = len(ITOP_JOINTS)
# Field -> (shape of a frame, type), as in the published files.
Fields = Dict[str, Tuple[tuple, str]]
DEPTH_FIELDS: Fields = dict(id=((), 'S8'), data=(_SIZE, 'f2'))
LABEL_FIELDS: Fields = dict(
    id=((), 'S8'),
    is_valid=((), 'u1'),
    visible_joints=((_NUM_JOINTS,), 'i2'),
    image_coordinates=((_NUM_JOINTS, 2), 'i2'),
    real_world_coordinates=((_NUM_JOINTS, 3), 'f2'),
    segmentation=(_SIZE, 'i1'),
)


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
    if view not in ITOP_VIEWS:
        raise ValueError(
            f"view: expected one of {ITOP_VIEWS}, got {view!r}; ITOP calls its front view 'side'"
        )
    if split not in SPLITS:
        raise ValueError(f'split: expected one of {SPLITS}, got {split!r}')
    return (f'ITOP_{view}_{split}_depth_map.h5', f'ITOP_{view}_{split}_labels.h5')


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
        n, k = len(ids), _NUM_JOINTS
        fields = dict(
            is_valid=get_field(file, 'is_valid', 'biu', (n,)),
            seen=get_field(file, 'visible_joints', 'biu', (n, k)),
            pixels=get_field(file, 'image_coordinates', 'iuf', (n, k, 2)),
            world=get_field(file, 'real_world_coordinates', 'f', (n, k, 3)),
        )
        with naming_damage(path):
            stored = {name: field[:] for name, field in fields.items()}
    return ITOPLabels(
        ids,
        stored['is_valid'] == 1,
        stored['pixels'].astype(np.float32),
        world_to_camera_frame(stored['world']),
        stored['seen'] > 0,
    )


def read_depth_ids(path: str) -> np.ndarray:
    """Read the ids of a depth file's frames after checking their form.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not whole or not a depth file of ITOP, naming
            file and field.
    """
    with open_hdf5(path) as file:
        ids = _read_ids(file)
        get_field(file, 'data', 'f', (len(ids), *_SIZE))
    return ids


def check_same_frames(
    depth_path: str, depth_ids: np.ndarray, labels_path: str, label_ids: np.ndarray
) -> None:
    """Refuse two files that are not of the same frames.

    Raises:
        ValueError: Naming both files and the first row that differs.
    """
    advice = 'Take both files of one view and one split, from one download.'
    if len(depth_ids) != len(label_ids):
        raise ValueError(
            f'{depth_path} has {len(depth_ids)} frames, '
            f'{labels_path} has {len(label_ids)}. {advice}'
        )
    differ = np.flatnonzero(depth_ids != label_ids)
    if differ.size:
        row = differ[0]
        raise ValueError(
            f'field "id", row {row}: {_text(depth_ids[row])} in {depth_path}, '
            f'{_text(label_ids[row])} in {labels_path}; {differ.size} rows '
            f'differ. {advice}'
        )


def unusable_rows(labels: ITOPLabels) -> List[Tuple[int, str]]:
    """Rows that are valid by ITOP's word but hold no position in space."""
    finite = np.isfinite(labels.keypoints_cam).all(axis=(1, 2))
    behind = (labels.keypoints_cam[..., 2] < NEAREST_M).any(axis=1)
    far = (np.abs(labels.keypoints_cam) > FARTHEST_M).any(axis=(1, 2))
    return [
        (
            int(row),
            'real_world_coordinates are not finite'
            if not finite[row]
            else f'a joint does not lie {NEAREST_M:g} to {FARTHEST_M:g} m before the camera',
        )
        for row in np.flatnonzero(labels.is_valid & (~finite | behind | far))
    ]


def frame_id(person: int, frame: int) -> bytes:
    """ITOP's name of a frame: ``b'20_00000'``."""
    return f'{person:02d}_{frame:05d}'.encode()


def to_fields(
    depth_m: np.ndarray,
    keypoints_uv: np.ndarray,
    keypoints_cam: np.ndarray,
    seen: np.ndarray,
    is_valid: bool,
    part: np.ndarray,
) -> Dict[str, np.ndarray]:
    """A frame in ITOP's units: metres as float16, y up, whole pixels.

    Args:
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
        keypoints_uv (np.ndarray): Pixels, [K, 2].
        keypoints_cam (np.ndarray): Metres, y down, float64 [K, 3].
        seen (np.ndarray): Whether the camera sees the joint, bool [K].
        is_valid (bool): Whether the labels were verified.
        part (np.ndarray): The nearest joint of the person's pixels,
            ``BACKGROUND_PART`` elsewhere, int8 [H, W].

    Returns:
        dict: The fields of both files but ``id``.
    """
    pixels = np.rint(keypoints_uv).clip(-32768, 32767)
    return dict(
        data=depth_m.astype(np.float16),
        is_valid=np.uint8(is_valid),
        visible_joints=seen.astype(np.int16),
        image_coordinates=pixels.astype(np.int16),
        real_world_coordinates=(keypoints_cam * (1, -1, 1)).astype(np.float16),
        segmentation=part,
    )


def write_itop_file(
    path: AnyPath, fields: Fields, count: int, blocks: Iterable[Dict[str, np.ndarray]]
) -> None:
    """Write one of ITOP's files, block after block.

    Args:
        path (str | Path): The file.
        fields (Fields): ``DEPTH_FIELDS`` or ``LABEL_FIELDS``.
        count (int): The number of frames, N.
        blocks (Iterable[dict]): Their fields, [n, ...] each; all n make N.

    Raises:
        ImportError: If ``h5py`` is not installed.
    """
    h5py = import_h5py()
    with whole_file(path) as aside, h5py.File(aside, 'w') as file:
        for name, (shape, kind) in fields.items():
            file.create_dataset(name, (count, *shape), kind)
        start = 0
        for block in blocks:
            end = start + len(block['id'])
            for name in fields:
                file[name][start:end] = block[name]
            start = end


def _read_ids(file: Any) -> np.ndarray:
    field = get_field(file, 'id', 'SO', (None,))
    check_frame_count(len(field), file.filename)
    with naming_damage(file.filename):
        ids = field[:]
    return np.array([bytes(i) if isinstance(i, bytes) else str(i).encode()
                     for i in ids.tolist()], 'S')  # yapf: disable


def _text(stored_id: bytes) -> str:
    return stored_id.decode('ascii', 'replace')
