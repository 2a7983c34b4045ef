"""Writes synthetic hands the way ASTAR lies on the disk.

``ROOT/Training_Dataset/subject-16/subject-16_A.skdepth`` holds the depth,
``.shand`` beside it the joints; ``joints_3d.npz`` and ``synthesis.json`` in
ROOT are ours.
"""

from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..camera import SOFTKINETIC_DS325
from ..formats.astar import (
    ASTAR_BONES,
    ASTAR_JOINTS,
    CONVENTIONS,
    frame_path,
    read_shand,
    read_skdepth,
    read_stored_skdepth,
    write_shand,
    write_skdepth,
)
from ..io import write_json, write_npz
from .contact_sheet import Drawing
from .hand import load_hand_model
from .hand_pose import ASTAR_POSES
from .hand_sample import TEST_SUBJECTS, astar_pose, astar_subject, make_hand_sample
from .parts import read_parts
from .recipe import Recipe
from .streams import MOST_FRAMES, split_and_row

_LABELS = ('keypoints_uv', 'keypoints_cam_m', 'visible')
_EMPTY = dict(
    ids=np.zeros(0, np.int64),
    keypoints_uv=np.zeros((0, 20, 2)),
    keypoints_cam_m=np.zeros((0, 20, 3)),
    visible=np.zeros((0, 20), bool),
)


class ASTARWriter:
    """Writes frames one by one, then all joints in space.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made; not needed to look at them.
    """

    DEFAULTS = dict(
        intrinsics=SOFTKINETIC_DS325, sensor='time_of_flight', label_convention='offset_px'
    )
    SENSORS = ('time_of_flight',)
    # ASTAR has no more test subjects; training goes on beyond subject 30.
    MOST_FRAMES = dict(train=MOST_FRAMES, test=TEST_SUBJECTS * len(ASTAR_POSES))

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
            raise ValueError(
                'the layout astar has a camera of its own: leave '
                'width, height and field of view out'
            )
        if recipe.label_convention not in CONVENTIONS:
            raise ValueError(
                f'label_convention: choose one of {CONVENTIONS}, got {recipe.label_convention!r}'
            )

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample, write its two files and return its labels."""
        sample = make_hand_sample(self.recipe.seed, index, self.recipe.device)
        write_skdepth(self.frame_path(index, '.skdepth'), sample.depth_m)
        write_shand(
            self.frame_path(index, '.shand'),
            sample.keypoints_uv,
            sample.keypoints_cam_m,
            self.recipe.label_convention,
        )
        return {name: getattr(sample, name) for name in _LABELS}

    def has_frame(self, index: int) -> bool:
        """Whether both files of a frame are there, and whole."""
        try:
            read_stored_skdepth(str(self.frame_path(index, '.skdepth')))
            read_shand(str(self.frame_path(index, '.shand')))
        except (FileNotFoundError, ValueError):
            return False
        return True

    def frame_path(self, index: int, suffix: str) -> Path:
        """Path of a frame's file, of the suffix '.skdepth' or '.shand'."""
        return Path(
            frame_path(
                str(self.root),
                split_and_row(index)[0],
                astar_subject(index),
                astar_pose(index),
                suffix,
            )
        )

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write ``joints_3d.npz`` and ``synthesis.json``."""
        arrays = {'names': np.array(ASTAR_JOINTS)}
        for split, paths in parts.items():
            arrays.update(
                {f'{split}_{name}': array for name, array in read_parts(paths, _EMPTY).items()}
            )
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
            path = str(self.frame_path(index, '.skdepth'))
            drawings.append(
                Drawing(
                    read_skdepth(path, background_m=None),
                    labels[f'{split}_keypoints_uv'][row],
                    labels[f'{split}_visible'][row],
                    ASTAR_JOINTS,
                    ASTAR_BONES,
                    (0.25, 0.9),
                )
            )
        return drawings
