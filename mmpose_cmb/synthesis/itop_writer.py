"""Writes synthetic frames the way ITOP lies on the disk.

For both views and splits ``ITOP_{view}_{split}_depth_map.h5`` and
``..._labels.h5``, with ITOP's names, shapes and types. Frames wait in the
blocks' own files until all of them are there; the HDF5 files are then written
block by block, so that memory does not grow with their size.
"""
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np

from .body import load_body_model
from ..io import whole_file, write_json
from ..pinhole import ITOP_CAMERA
from .contact_sheet import ITOP_BONES, Drawing
from .itop_sample import (FRAMES_IN_A_ROW, ITOP_VIEWS, PERSONS, ITOPView,
                          check_views, itop_frame_id, make_itop_sample)
from .joints import ITOP_JOINTS
from .recipe import Recipe
from .view import SENSOR_CHOICES

_SIZE = (ITOP_CAMERA.height, ITOP_CAMERA.width)
_JOINTS = len(ITOP_JOINTS)
# Field -> (shape of a frame, type), as in the published files.
DEPTH_FIELDS = dict(id=((), 'S8'), data=(_SIZE, 'f2'))
LABEL_FIELDS = dict(id=((), 'S8'),
                    is_valid=((), 'u1'),
                    visible_joints=((_JOINTS, ), 'i2'),
                    image_coordinates=((_JOINTS, 2), 'i2'),
                    real_world_coordinates=((_JOINTS, 3), 'f2'),
                    segmentation=(_SIZE, 'i1'))


class ITOPWriter:
    """Makes frames of both views, and ITOP's files of all of them.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made.
    """

    DEFAULTS = dict(intrinsics=ITOP_CAMERA,
                    sensor='structured_light',
                    views=ITOP_VIEWS)
    SENSORS = SENSOR_CHOICES
    # Five digits count the frames of a person.
    MOST_FRAMES = {
        split: len(persons) * (100_000 - 100_000 % FRAMES_IN_A_ROW)
        for split, persons in PERSONS.items()
    }

    load_model = staticmethod(load_body_model)

    def __init__(self, root: Path, recipe: Recipe) -> None:
        self.root = Path(root)
        self.recipe = recipe
        self.root.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Refuse another camera than ITOP's, unknown views, a lack of h5py.

        Raises:
            ValueError: If camera or views do not fit.
            ImportError: If ``h5py`` is not installed.
        """
        if recipe.intrinsics != ITOP_CAMERA:
            raise ValueError('the layout itop has a camera of its own: leave '
                             'width, height and field of view out')
        check_views(recipe.views)
        _import_h5py()

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample; all that the files need of it."""
        recipe = self.recipe
        views = make_itop_sample(recipe.seed, index, recipe.views,
                                 recipe.sensor, recipe.device)
        record = dict(id=np.array(itop_frame_id(index), 'S8'))
        for name, view in views.items():
            record.update({
                f'{name}_{field}': array
                for field, array in to_fields(view).items()
            })
        return record

    def has_frame(self, index: int) -> bool:
        """Always: a frame lies in its block's file."""
        return True

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write the HDF5 files from the files of all blocks."""
        for split, paths in parts.items():
            for view in self.recipe.views if paths else ():
                stem = self.root / f'ITOP_{view}_{split}'
                assemble(Path(f'{stem}_depth_map.h5'), paths, view,
                         DEPTH_FIELDS)
                assemble(Path(f'{stem}_labels.h5'), paths, view, LABEL_FIELDS)
        write_json(self.root / 'synthesis.json', parameters, indent=2)

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture; views in turn.

        Args:
            rows (Sequence): Split and number in the split.
        """
        h5py = _import_h5py()
        drawings = []
        for number, (split, row) in enumerate(rows):
            view = self.recipe.views[number % len(self.recipe.views)]
            stem = self.root / f'ITOP_{view}_{split}'
            with h5py.File(f'{stem}_depth_map.h5') as depth, h5py.File(
                    f'{stem}_labels.h5') as labels:
                drawings.append(
                    Drawing(depth['data'][row].astype(np.float32),
                            labels['image_coordinates'][row],
                            labels['visible_joints'][row], ITOP_JOINTS,
                            ITOP_BONES))
        return drawings


def to_fields(view: ITOPView) -> Dict[str, np.ndarray]:
    """A view in ITOP's units: metres as float16, y up, whole pixels.

    Args:
        view (ITOPView): Metres in float64, y down.

    Returns:
        dict: The fields of both files but ``id``.
    """
    pixels = np.rint(view.keypoints_uv).clip(-32768, 32767)
    return dict(data=view.depth_m.astype(np.float16),
                is_valid=np.uint8(view.is_valid),
                visible_joints=view.visible.astype(np.int16),
                image_coordinates=pixels.astype(np.int16),
                real_world_coordinates=(view.keypoints_cam_m *
                                        (1, -1, 1)).astype(np.float16),
                segmentation=view.part)


def assemble(path: Path, parts: List[Path], view: str,
             fields: Dict[str, Tuple[tuple, str]]) -> None:
    """Write one HDF5 file from the files of blocks, one after the other.

    Args:
        path (Path): The file to write.
        parts (list): Files of the blocks, in order.
        view (str): 'side' or 'top'.
        fields (dict): Field -> (shape of a frame, type).
    """
    h5py = _import_h5py()
    counts = []
    for part_path in parts:
        with np.load(part_path) as part:
            counts.append(len(part['ids']))
    with whole_file(path) as aside, h5py.File(aside, 'w') as file:
        for name, (shape, kind) in fields.items():
            file.create_dataset(name, (sum(counts), *shape), kind)
        start = 0
        for part_path, count in zip(parts, counts):
            with np.load(part_path) as part:
                for name in fields:
                    key = name if name == 'id' else f'{view}_{name}'
                    file[name][start:start + count] = part[key]
            start += count


def _import_h5py():
    try:
        import h5py
    except ImportError as error:
        raise ImportError(
            'ITOP\'s files are written with the package h5py, '
            'which is not installed: pip install h5py') from error
    return h5py
