"""Writes synthetic hands the way ASTAR lies on the disk.

``ROOT/Training_Dataset/subject-16/subject-16_A.skdepth`` holds the depth,
``.shand`` beside it the joints; ``joints_3d.npz`` and ``synthesis.json`` in
ROOT are ours.
"""
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..io import write_bytes, write_json, write_npz, write_text
from ..pinhole import SOFTKINETIC_DS325
from .contact_sheet import Drawing
from .hand import ASTAR_JOINTS, load_hand_model
from .hand_pose import ASTAR_POSES, FINGERS
from .hand_sample import (TEST_SUBJECTS, astar_pose, astar_subject,
                          make_hand_sample)
from .parts import read_parts
from .recipe import Recipe
from .streams import MOST_FRAMES, split_and_row

FOLDERS = dict(train='Training_Dataset', test='Test_Dataset')
LABEL_CONVENTIONS = ('offset_px', 'wrist_mm')
# What the files hold where the camera measured nothing.
NOTHING_MM = 32001
_LABELS = ('keypoints_uv', 'keypoints_cam_m', 'visible')
_EMPTY = dict(ids=np.zeros(0, np.int64),
              keypoints_uv=np.zeros((0, 20, 2)),
              keypoints_cam_m=np.zeros((0, 20, 3)),
              visible=np.zeros((0, 20), bool))
_BONES = (
    ('wrist', 'thumb_1'), ('thumb_1', 'thumb_2'),
    ('thumb_2', 'thumb_3')) + tuple(bone for finger in FINGERS for bone in (
        ('wrist', f'{finger}_1'), *((f'{finger}_{k}', f'{finger}_{k + 1}')
                                    for k in (1, 2, 3))))


class ASTARWriter:
    """Writes frames one by one, then all joints in space.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made; not needed to look at them.
    """

    DEFAULTS = dict(intrinsics=SOFTKINETIC_DS325,
                    sensor='time_of_flight',
                    label_convention='offset_px')
    SENSORS = ('time_of_flight', )
    # ASTAR has no more test subjects; training goes on beyond subject 30.
    MOST_FRAMES = dict(train=MOST_FRAMES,
                       test=TEST_SUBJECTS * len(ASTAR_POSES))

    load_model = staticmethod(load_hand_model)

    def __init__(self, root: Path, recipe: Optional[Recipe] = None) -> None:
        self.root = Path(root)
        self.recipe = recipe
        self.root.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Refuse another camera and unknown conventions.

        Raises:
            ValueError: If one of them does not fit.
        """
        if recipe.intrinsics != SOFTKINETIC_DS325:
            raise ValueError('the layout astar has a camera of its own: leave '
                             'width, height and field of view out')
        if recipe.label_convention not in LABEL_CONVENTIONS:
            raise ValueError('label_convention: choose one of '
                             f'{LABEL_CONVENTIONS}, got '
                             f'{recipe.label_convention!r}')

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample, write its two files and return its labels."""
        sample = make_hand_sample(self.recipe.seed, index, self.recipe.device)
        write_bytes(self.frame_path(index, 'skdepth'),
                    skdepth_bytes(sample.depth_m))
        line = shand_line(sample.keypoints_uv, sample.keypoints_cam_m,
                          self.recipe.label_convention)
        write_text(self.frame_path(index, 'shand'), line)
        return {name: getattr(sample, name) for name in _LABELS}

    def has_frame(self, index: int) -> bool:
        """Whether both files of a frame are there."""
        return all(
            self.frame_path(index, kind).exists()
            for kind in ('skdepth', 'shand'))

    def frame_path(self, index: int, kind: str) -> Path:
        """Path of a frame's file, ``kind`` being 'skdepth' or 'shand'."""
        subject = f'subject-{astar_subject(index)}'
        return (self.root / FOLDERS[split_and_row(index)[0]] / subject /
                f'{subject}_{astar_pose(index)}.{kind}')

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write ``joints_3d.npz`` and ``synthesis.json``."""
        arrays = {'names': np.array(ASTAR_JOINTS)}
        for split, paths in parts.items():
            arrays.update({
                f'{split}_{name}': array
                for name, array in read_parts(paths, _EMPTY).items()
            })
        write_npz(self.root / 'joints_3d.npz', **arrays)
        write_json(self.root / 'synthesis.json', parameters, indent=2)

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture.

        Args:
            rows (Sequence): Split and number in the split.
        """
        labels = np.load(self.root / 'joints_3d.npz')
        drawings = []
        for split, row in rows:
            index = int(labels[f'{split}_ids'][row])
            depth_mm = np.fromfile(self.frame_path(index, 'skdepth'), '<i2')
            depth_mm[depth_mm == NOTHING_MM] = 0
            size = (SOFTKINETIC_DS325.height, SOFTKINETIC_DS325.width)
            drawings.append(
                Drawing(
                    depth_mm.reshape(size) / 1000,
                    labels[f'{split}_keypoints_uv'][row],
                    labels[f'{split}_visible'][row], ASTAR_JOINTS, _BONES,
                    (0.25, 0.9)))
        return drawings


def skdepth_bytes(depth_m: np.ndarray) -> bytes:
    """Depth (H, W) in metres as int16 millimetres, row by row, no header."""
    depth_mm = np.minimum(np.rint(depth_m * 1000), NOTHING_MM - 1)
    return np.where(depth_m > 0, depth_mm, NOTHING_MM).astype('<i2').tobytes()


def shand_line(keypoints_uv: np.ndarray, keypoints_cam_m: np.ndarray,
               convention: str) -> str:
    """The first line of a ``.shand`` file: comma-separated triples.

    Args:
        keypoints_uv (np.ndarray): (20, 2), pixels.
        keypoints_cam_m (np.ndarray): (20, 3), camera frame, metres.
        convention (str): 'offset_px': z in millimetres, then x and y in
            pixels from the image's centre, y down. 'wrist_mm': x, y, z in
            millimetres from the wrist, y down.
    """
    if convention == 'offset_px':
        centre = (SOFTKINETIC_DS325.width / 2, SOFTKINETIC_DS325.height / 2)
        triples = np.column_stack(
            [keypoints_cam_m[:, 2] * 1000, keypoints_uv - centre])
    else:
        triples = (keypoints_cam_m - keypoints_cam_m[0]) * 1000
    return ','.join(' '.join(f'{number:.3f}' for number in triple)
                    for triple in triples) + '\n'
