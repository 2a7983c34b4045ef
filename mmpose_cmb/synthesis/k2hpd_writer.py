"""Writes synthetic frames the way K2HPD lies on the disk.

``ROOT/depth_data/depth_images/00000003.png`` holds the 8-bit image (three
equal channels), ``ROOT/{train,test}_annos.txt`` one line per frame. Beside
them lie what K2HPD does not have: ``depth_data/depth_mm`` (16-bit PNG),
``joints_3d.npz`` and ``synthesis.json``.
"""

from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import cv2
import numpy as np

from ..camera import KINECT_V2_HALF
from ..formats.k2hpd import (
    GREY_UNIT_M,
    K2HPD_BONES,
    K2HPD_JOINTS,
    image_name,
    write_k2hpd_annotations,
    write_k2hpd_image,
)
from ..io import write_bytes, write_json, write_npz
from .body import load_body_model
from .contact_sheet import Drawing
from .parts import is_whole_png, read_parts
from .recipe import Recipe
from .sample import make_sample
from .sequence_sample import make_sequence_sample
from .streams import MOST_FRAMES
from .view import SENSOR_CHOICES

_LABELS = ('keypoints_uv', 'keypoints_cam_m', 'visible', 'sensor')
_EMPTY = dict(
    ids=np.zeros(0, np.int64),
    keypoints_uv=np.zeros((0, 19, 2)),
    keypoints_cam_m=np.zeros((0, 19, 3)),
    visible=np.zeros((0, 19), bool),
    sensor=np.zeros(0, 'U16'),
)


class K2HPDWriter:
    """Writes frames one by one, then the annotations of all of them.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made; only ``make_frame`` needs it.
    """

    DEFAULTS = dict(intrinsics=KINECT_V2_HALF, sensor='mixed', sequence_length=None)
    SENSORS = SENSOR_CHOICES
    MOST_FRAMES = dict(train=MOST_FRAMES, test=MOST_FRAMES)

    load_model = staticmethod(load_body_model)

    def __init__(self, root: Path, recipe: Optional[Recipe] = None) -> None:
        self.root = Path(root)
        self.recipe = recipe
        self.grey_dir = self.root / 'depth_data' / 'depth_images'
        self.millimetre_dir = self.root / 'depth_data' / 'depth_mm'
        for folder in (self.grey_dir, self.millimetre_dir):
            folder.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Any camera will do.

        Raises:
            ValueError: If sequences would have no frame.
        """
        if recipe.sequence_length is not None and recipe.sequence_length < 1:
            raise ValueError(f'a sequence has at least one frame, got {recipe.sequence_length}')

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample, write its images and return its labels."""
        recipe = self.recipe
        if recipe.sequence_length is None:
            sample = make_sample(
                recipe.seed, index, recipe.intrinsics, recipe.sensor, recipe.device
            )
        else:
            sample = make_sequence_sample(
                recipe.seed,
                index,
                recipe.sequence_length,
                recipe.intrinsics,
                recipe.sensor,
                recipe.device,
            )
        self.write_frame(index, sample.depth_m)
        return {name: getattr(sample, name) for name in _LABELS}

    def write_frame(self, file_id: int, depth_m: np.ndarray) -> None:
        """Write the grey and the millimetre image of a depth frame."""
        name = image_name(file_id)
        write_k2hpd_image(self.grey_dir / name, depth_m)
        done, encoded = cv2.imencode('.png', to_millimetres(depth_m))
        assert done
        write_bytes(self.millimetre_dir / name, encoded.tobytes())

    def has_frame(self, file_id: int) -> bool:
        """Whether both images of a frame are there, and whole."""
        name = image_name(file_id)
        return is_whole_png(self.grey_dir / name) and is_whole_png(self.millimetre_dir / name)

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write what needs all labels, from the files of all blocks."""
        self.write_annotations(
            {split: read_parts(paths, _EMPTY) for split, paths in parts.items()}, parameters
        )

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture.

        Args:
            rows (Sequence): Split and number in the split.
        """
        labels = np.load(self.root / 'joints_3d.npz')
        drawings = []
        for split, row in rows:
            name = image_name(labels[f'{split}_ids'][row])
            depth_mm = cv2.imread(str(self.millimetre_dir / name), cv2.IMREAD_UNCHANGED)
            drawings.append(
                Drawing(
                    depth_mm / 1000,
                    labels[f'{split}_keypoints_uv'][row],
                    labels[f'{split}_visible'][row],
                    K2HPD_JOINTS,
                    K2HPD_BONES,
                )
            )
        return drawings

    def write_annotations(
        self, splits: Dict[str, Dict[str, np.ndarray]], parameters: dict
    ) -> None:
        """Write the annotation files, ``joints_3d.npz`` and the JSON.

        Args:
            splits (dict): 'train' and 'test' -> arrays over the N frames:
                ``ids`` (N,), ``keypoints_uv`` (N, 19, 2) pixels,
                ``keypoints_cam_m`` (N, 19, 3) metres, ``visible`` (N, 19)
                and ``sensor`` (N,).
            parameters (dict): What goes into ``synthesis.json``.
        """
        arrays = {'names': np.array(K2HPD_JOINTS)}
        for split, records in splits.items():
            write_k2hpd_annotations(
                self.root / f'{split}_annos.txt', records['ids'], records['keypoints_uv']
            )
            arrays.update({f'{split}_{name}': array for name, array in records.items()})
        write_npz(self.root / 'joints_3d.npz', **arrays)
        parameters = dict(parameters, grey_unit_m=GREY_UNIT_M)
        write_json(self.root / 'synthesis.json', parameters, indent=2)


def to_millimetres(depth_m: np.ndarray) -> np.ndarray:
    """Depth (H, W) in metres as uint16 millimetres, 0 = invalid."""
    return np.minimum(np.rint(depth_m * 1000), 65535).astype(np.uint16)
