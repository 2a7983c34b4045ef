"""ASTAR's files: raw depth images and hand joints as text.

``Training_Dataset/subject-16/subject-16_A.skdepth`` holds int16 millimetres,
row by row, without a header; the first line of ``.shand`` beside it the
joints as comma-separated triples.

Legend: images of 320 x 240 pixels, K = 20 joints.
"""

import os.path as osp
import re
from glob import escape, glob
from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from ..camera import Camera, project, unproject
from ..io.whole_file import AnyPath, write_bytes, write_text

FINGERS = ('index', 'middle', 'ring', 'little')
# Joints 4, 8, 12 and 16 are taken to be the bases of the fingers.
ASTAR_JOINTS = ('wrist', 'thumb_1', 'thumb_2', 'thumb_3') + tuple(
    f'{finger}_{number}' for finger in FINGERS for number in (1, 2, 3, 4)
)
ASTAR_BONES = (('wrist', 'thumb_1'), ('thumb_1', 'thumb_2'), ('thumb_2', 'thumb_3')) + tuple(
    bone
    for finger in FINGERS
    for bone in (
        ('wrist', f'{finger}_1'),
        *((f'{finger}_{k}', f'{finger}_{k + 1}') for k in (1, 2, 3)),
    )
)
WIDTH, HEIGHT = 320, 240
# Seen in the files where the camera measured nothing.
SENTINEL = 32001
BACKGROUND_M = 0.83
# Subjects 16 to 30 are for training, 1 to 15 for testing; synthetic sets go
# on counting.
SPLITS = dict(
    train=('Training_Dataset', range(16, 1_000_000)), test=('Test_Dataset', range(1, 16))
)
CONVENTIONS = ('offset_px', 'wrist_mm')
NUM_JOINTS = len(ASTAR_JOINTS)
# A large hand spans some 25 cm.
MAX_REACH_MM = 350.0
FRAME_NAME = re.compile(r'subject-(\d+)_([0-9A-Y]+)\.shand')


class AstarFrame(NamedTuple):
    """Where a frame lies: subject, pose, and its two files."""

    subject: int
    pose: str
    depth_path: str
    joints_path: str


def frame_path(root: str, split: str, subject: int, pose: str, suffix: str) -> str:
    """Path of a frame's file.

    Args:
        root (str): The folder with ``Training_Dataset``, ``Test_Dataset``.
        split (str): 'train' or 'test'.
        subject (int): Number of the subject.
        pose (str): Name of the pose, such as 'A'.
        suffix (str): '.skdepth' or '.shand'.
    """
    name = f'subject-{subject}'
    return osp.join(root, SPLITS[split][0], name, f'{name}_{pose}{suffix}')


def list_astar_frames(root: str, split: str) -> List[AstarFrame]:
    """Find the frames of a split, by subject and pose.

    Args:
        root (str): The folder with ``Training_Dataset``, ``Test_Dataset``.
        split (str): 'train' (subjects 16 to 30) or 'test' (1 to 15).

    Returns:
        List[AstarFrame]: Those that have a joint file.

    Raises:
        FileNotFoundError: If the split's folder is missing, a joint file has
            no depth image, or there is no frame.
        ValueError: If the split is unknown, or a file of another subject lies
            in the folder.
    """
    if split not in SPLITS:
        raise ValueError(f'split: expected one of {tuple(SPLITS)}, got {split!r}')
    name, subjects = SPLITS[split]
    folder = osp.join(root, name)
    if not osp.isdir(folder):
        raise FileNotFoundError(
            f'ASTAR is not in place: {folder} is missing. Put '
            f'{name}/subject-{subjects[0]}/subject-{subjects[0]}_A.skdepth '
            f'and .shand, and the others like them, into {root}, or make '
            'synthetic data there instead:\n    python tools/synthesize.py '
            f'--layout astar --out-dir {root}'
        )
    frames = []
    for path in glob(osp.join(escape(folder), 'subject-*', '*.shand')):
        match = FRAME_NAME.fullmatch(osp.basename(path))
        if not match or int(match[1]) not in subjects:
            raise ValueError(
                f'{path}: not a file of the {split} split, which has '
                f'subject-{subjects[0]}_A.shand to subject-{subjects[-1]}_9'
                '.shand'
            )
        depth_path = path[: -len('.shand')] + '.skdepth'
        if not osp.isfile(depth_path):
            raise FileNotFoundError(f'{depth_path} is missing; its joints {path} are there')
        frames.append(AstarFrame(int(match[1]), match[2], depth_path, path))
    if not frames:
        raise FileNotFoundError(f'{folder}: holds no subject-*/*.shand')
    return sorted(frames)


def read_skdepth(path: str, background_m: Optional[float] = BACKGROUND_M) -> np.ndarray:
    """Read a ``.skdepth`` file.

    Args:
        path (str): The file.
        background_m (float, optional): What lies farther away becomes
            invalid: the hand is nearer. Defaults to 0.83; ``None`` keeps it.

    Returns:
        np.ndarray: Depth in metres, float32 [240, 320], 0 = invalid.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If its size is not that of an image.
    """
    stored = read_stored_skdepth(path)
    depth_m = stored.astype(np.float32) * np.float32(0.001)
    depth_m[(stored <= 0) | (stored == SENTINEL)] = 0
    if background_m is not None:
        depth_m[depth_m > background_m] = 0
    return depth_m


def read_stored_skdepth(path: str) -> np.ndarray:
    """Return the int16 millimetres of a ``.skdepth`` file, [240, 320].

    Raises:
        FileNotFoundError, ValueError: As :func:`read_skdepth`.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such depth image')
    stored = np.fromfile(path, '<i2')
    if osp.getsize(path) != 2 * WIDTH * HEIGHT:
        raise ValueError(
            f'{path}: {osp.getsize(path)} bytes instead of '
            f'{2 * WIDTH * HEIGHT} (int16, {WIDTH} x {HEIGHT} pixels); cut '
            'short, or not a raw depth image?'
        )
    return stored.reshape(HEIGHT, WIDTH)


def skdepth_bytes(depth_m: np.ndarray) -> bytes:
    """Depth [H, W] in metres as int16 millimetres, row by row, no header."""
    depth_mm = np.minimum(np.rint(depth_m * 1000), SENTINEL - 1)
    return np.where(depth_m > 0, depth_mm, SENTINEL).astype('<i2').tobytes()


def write_skdepth(path: AnyPath, depth_m: np.ndarray) -> None:
    """Write a ``.skdepth`` file.

    Args:
        path (str | Path): The file.
        depth_m (np.ndarray): Metres, [240, 320], 0 = invalid.
    """
    write_bytes(path, skdepth_bytes(depth_m))


def read_shand(path: str) -> np.ndarray:
    """Read the joints of a ``.shand`` file.

    Args:
        path (str): The file; its first line holds K triples.

    Returns:
        np.ndarray: The triples as they are stored, float64 [20, 3].

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the first line does not hold 60 numbers.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such joint file')
    with open(path, encoding='ascii', errors='replace') as file:
        words = file.readline().replace(',', ' ').split()
    try:
        numbers = np.array([float(word) for word in words])
    except ValueError as error:
        raise ValueError(f'{path}, line 1: {error}') from error
    if len(numbers) != 3 * NUM_JOINTS or not np.isfinite(numbers).all():
        raise ValueError(
            f'{path}, line 1: {len(numbers)} numbers instead of '
            f'{3 * NUM_JOINTS} finite ones ({NUM_JOINTS} joints, 3 each)'
        )
    return numbers.reshape(NUM_JOINTS, 3)


def fits_convention(triples: np.ndarray, convention: str) -> bool:
    """Whether stored joints can be meant in a convention.

    Args:
        triples (np.ndarray): As stored, [20, 3].
        convention (str): 'offset_px': z in millimetres, then x and y in
            pixels from the image's centre, y down. 'wrist_mm': x, y, z in
            millimetres from the wrist, y down, so that joint 0 is 0, 0, 0.
    """
    if convention == 'wrist_mm':
        return bool(
            (np.abs(triples[0]) < 1).all() and np.linalg.norm(triples, axis=1).max() < MAX_REACH_MM
        )
    z, x, y = triples.T
    return bool(
        (z > 100).all()
        and (z < 3000).all()
        and np.ptp(z) < MAX_REACH_MM
        and np.abs(x).max() < WIDTH
        and np.abs(y).max() < HEIGHT
    )


def check_convention(all_triples: np.ndarray, paths: List[str], convention: str) -> None:
    """Refuse joints that are not stored as the convention says.

    Args:
        all_triples (np.ndarray): As stored, [N, 20, 3].
        paths (List[str]): Their files.
        convention (str): See :func:`fits_convention`.

    Raises:
        ValueError: If the convention is unknown, or a file does not fit it,
            naming the one that it fits, if any.
    """
    if convention not in CONVENTIONS:
        raise ValueError(f'label_convention: expected one of {CONVENTIONS}, got {convention!r}')
    for triples, path in zip(all_triples, paths):
        if fits_convention(triples, convention):
            continue
        others = [name for name in CONVENTIONS if fits_convention(triples, name)]
        advice = (
            f"it fits '{others[0]}': set label_convention to that"
            if others
            else f'nor does it fit any of {CONVENTIONS}'
        )
        first = ' '.join(f'{number:g}' for number in triples[0])
        raise ValueError(
            f"{path}: does not fit label_convention '{convention}' (joint 0: {first}); {advice}"
        )


def shand_line(keypoints_uv: np.ndarray, keypoints_cam_m: np.ndarray, convention: str) -> str:
    """The first line of a ``.shand`` file: comma-separated triples.

    Args:
        keypoints_uv (np.ndarray): Pixels, [20, 2].
        keypoints_cam_m (np.ndarray): Metres in the camera frame, [20, 3].
        convention (str): See :func:`fits_convention`.
    """
    if convention == 'offset_px':
        triples = np.column_stack(
            [keypoints_cam_m[:, 2] * 1000, keypoints_uv - np.array([WIDTH / 2, HEIGHT / 2])]
        )
    else:
        triples = (keypoints_cam_m - keypoints_cam_m[0]) * 1000
    return ','.join(' '.join(f'{number:.3f}' for number in triple) for triple in triples) + '\n'


def write_shand(
    path: AnyPath, keypoints_uv: np.ndarray, keypoints_cam_m: np.ndarray, convention: str
) -> None:
    """Write a ``.shand`` file.

    Args:
        path (str | Path): The file.
        keypoints_uv, keypoints_cam_m, convention: See :func:`shand_line`.
    """
    write_text(path, shand_line(keypoints_uv, keypoints_cam_m, convention))


def offset_px_joints(triples: np.ndarray, camera: Camera) -> Tuple[np.ndarray, np.ndarray]:
    """Joints stored as 'offset_px', in pixels and in space.

    Args:
        triples (np.ndarray): z (mm), x, y (pixels from the centre), [20, 3].
        camera (Camera): For the way from pixels into space.

    Returns:
        tuple: Pixels [20, 2], and metres in the camera frame [20, 3].
    """
    keypoints = triples[:, 1:] + np.array([WIDTH / 2, HEIGHT / 2])
    return keypoints, unproject(keypoints, triples[:, 0] / 1000, camera)


def wrist_mm_joints(
    triples: np.ndarray, depth_m: np.ndarray, camera: Camera
) -> Tuple[np.ndarray, np.ndarray]:
    """Joints stored as 'wrist_mm', in pixels and in space.

    Where the wrist is, this convention does not say. It is estimated: the
    joints' median depth is that of the hand's pixels, and the middle of the
    joints' box in the image is that of the hand. Right to a centimetre or
    two, while the joints' positions relative to the wrist are exact.

    Args:
        triples (np.ndarray): x, y, z (mm) from the wrist, [20, 3].
        depth_m (np.ndarray): The hand alone, metres, 0 = invalid, [H, W].
        camera (Camera): The camera.

    Returns:
        tuple: Pixels [20, 2], and metres in the camera frame [20, 3].

    Raises:
        ValueError: If the image shows no hand.
    """
    y, x = np.nonzero(depth_m)
    if not len(x):
        raise ValueError('no valid pixel of a hand')
    points = triples / 1000
    hand_m = np.median(depth_m[y, x])
    points = points + (0, 0, hand_m - np.median(points[:, 2]))
    # Outlying pixels are no hand.
    hand = np.percentile([x, y], [2, 98], axis=1).mean(axis=0)
    for _ in range(3):
        pixels = project(points, camera)
        shift = hand - (pixels.min(axis=0) + pixels.max(axis=0)) / 2
        points[:, :2] += shift * hand_m / (camera.fx, camera.fy)
    return project(points, camera), points
