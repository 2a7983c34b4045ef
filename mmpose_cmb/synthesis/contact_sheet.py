"""A picture of some frames of a synthetic data set with their skeletons."""
from pathlib import Path

import cv2
import numpy as np

from .joints import K2HPD_JOINTS
from .k2hpd_writer import file_name

_BONES = (('head', 'neck'), ('neck', 'spine_shoulder'),
          ('spine_shoulder', 'mid_spine'),
          ('mid_spine', 'spine_base')) + tuple(
              bone for side in ('right', 'left')
              for bone in (('spine_shoulder', f'{side}_shoulder'),
                           (f'{side}_shoulder', f'{side}_elbow'),
                           (f'{side}_elbow', f'{side}_wrist'),
                           (f'{side}_wrist', f'{side}_hand'),
                           ('spine_base', f'{side}_hip'),
                           (f'{side}_hip', f'{side}_knee'),
                           (f'{side}_knee', f'{side}_foot')))
_COLOURS_BGR = dict(right=(60, 60, 235), left=(70, 200, 70))
_MIDDLE_BGR = (230, 160, 40)


def write_contact_sheet(root: Path,
                        path: Path,
                        columns: int = 6,
                        rows: int = 4) -> None:
    """Draw frames spread evenly over the training (or test) split.

    Args:
        root (Path): A folder that ``generate_dataset`` has completed.
        path (Path): The PNG to write.
        columns (int): Frames in a row. Defaults to 6.
        rows (int): Rows. Defaults to 4.
    """
    labels = np.load(Path(root) / 'joints_3d.npz')
    split = 'train' if len(labels['train_ids']) else 'test'
    count = len(labels[f'{split}_ids'])
    chosen = np.unique(
        np.linspace(0, count - 1, min(count, columns * rows)).astype(int))
    tiles = []
    for n in chosen:
        name = file_name(labels[f'{split}_ids'][n])
        depth_mm = cv2.imread(
            str(Path(root) / 'depth_data' / 'depth_mm' / name),
            cv2.IMREAD_UNCHANGED)
        tiles.append(
            draw_frame(depth_mm / 1000, labels[f'{split}_keypoints_uv'][n],
                       labels[f'{split}_visible'][n]))
    blank = np.zeros_like(tiles[0])
    tiles += [blank] * (-len(tiles) % columns)
    sheet = np.vstack([
        np.hstack(tiles[start:start + columns])
        for start in range(0, len(tiles), columns)
    ])
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), sheet):
        raise ValueError(f'{path}: cannot write a picture of this kind, use '
                         'a name that ends in .png')


def draw_frame(depth_m: np.ndarray, keypoints_uv: np.ndarray,
               visible: np.ndarray) -> np.ndarray:
    """One frame as (2H, 2W, 3) BGR: near is bright, holes are purple.

    The subject's right is red, left green; hidden joints are drawn hollow.

    Args:
        depth_m (np.ndarray): (H, W), metres, 0 = invalid.
        keypoints_uv (np.ndarray): (19, 2), pixels.
        visible (np.ndarray): (19,), bool.
    """
    valid = depth_m > 0
    near = np.clip(1 - (depth_m - 0.8) / 4.5, 0.05, 1)
    image = np.repeat((near * 255).astype(np.uint8)[..., None], 3, axis=2)
    image[~valid] = (70, 0, 70)
    image = cv2.resize(image,
                       None,
                       fx=2,
                       fy=2,
                       interpolation=cv2.INTER_NEAREST)
    points = {
        name: tuple(int(x) for x in np.rint(2 * uv))
        for name, uv in zip(K2HPD_JOINTS, keypoints_uv)
    }
    for start, end in _BONES:
        colour = _COLOURS_BGR.get(end.split('_')[0], _MIDDLE_BGR)
        cv2.line(image, points[start], points[end], colour, 2, cv2.LINE_AA)
    for name, seen in zip(K2HPD_JOINTS, visible):
        colour = _COLOURS_BGR.get(name.split('_')[0], _MIDDLE_BGR)
        cv2.circle(image, points[name], 4, colour, -1 if seen else 1,
                   cv2.LINE_AA)
    return image
