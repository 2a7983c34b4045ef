"""Writes synthetic frames the way ITOP lies on the disk.

For both views and splits ``ITOP_{view}_{split}_depth_map.h5`` and
``..._labels.h5``, with ITOP's names, shapes and types. Frames wait in the
blocks' own files until all of them are there; the HDF5 files are then written
block by block, so that memory does not grow with their size.
"""

from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np

from ..camera import ITOP_CAMERA
from ..formats.itop import (
    DEPTH_FIELDS,
    ITOP_BONES,
    ITOP_JOINTS,
    ITOP_VIEWS,
    LABEL_FIELDS,
    Fields,
    itop_file_names,
    read_itop_labels,
    to_fields,
    write_itop_file,
)
from ..io import write_json
from ..io.array_file import read_npz_array
from ..io.hdf5_frames import HDF5Frames, import_h5py
from .body import load_body_model
from .contact_sheet import Drawing
from .itop_sample import FRAMES_IN_A_ROW, PERSONS, check_views, itop_frame_id, make_itop_sample
from .recipe import Recipe
from .view import SENSOR_CHOICES


class ITOPWriter:
    """Makes frames of both views, and ITOP's files of all of them.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made.
    """

    DEFAULTS = dict(intrinsics=ITOP_CAMERA, sensor='structured_light', views=ITOP_VIEWS)
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
            raise ValueError(
                'the layout itop has a camera of its own: leave '
                'width, height and field of view out'
            )
        check_views(recipe.views)
        import_h5py()

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample; all that the files need of it."""
        recipe = self.recipe
        views = make_itop_sample(recipe.seed, index, recipe.views, recipe.sensor, recipe.device)
        record = dict(id=np.array(itop_frame_id(index), 'S8'))
        for name, view in views.items():
            record.update({f'{name}_{field}': array for field, array in to_fields(*view).items()})
        return record

    def has_frame(self, index: int) -> bool:
        """Always: a frame lies in its block's file."""
        return True

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write the HDF5 files from the files of all blocks."""
        for split, paths in parts.items():
            for view in self.recipe.views if paths else ():
                depth_name, labels_name = itop_file_names(view, split)
                assemble(self.root / depth_name, paths, view, DEPTH_FIELDS)
                assemble(self.root / labels_name, paths, view, LABEL_FIELDS)
        write_json(self.root / 'synthesis.json', parameters, indent=2)

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture; views in turn.

        Args:
            rows (Sequence): Split and number in the split.
        """
        drawings = []
        for number, (split, row) in enumerate(rows):
            view = self.recipe.views[number % len(self.recipe.views)]
            depth_name, labels_name = itop_file_names(view, split)
            frames = HDF5Frames(str(self.root / depth_name))
            labels = read_itop_labels(str(self.root / labels_name))
            drawings.append(
                Drawing(
                    frames[row].astype(np.float32),
                    labels.keypoints_px[row],
                    labels.seen[row],
                    ITOP_JOINTS,
                    ITOP_BONES,
                )
            )
            frames.close()
        return drawings


def assemble(path: Path, parts: List[Path], view: str, fields: Fields) -> None:
    """Write one HDF5 file from the files of blocks, one after the other.

    Args:
        path (Path): The file to write.
        parts (list): Files of the blocks, in order.
        view (str): 'side' or 'top'.
        fields (Fields): Field -> (shape of a frame, type).
    """
    count = 0
    for part_path in parts:
        count += len(read_npz_array(str(part_path), 'ids'))
    write_itop_file(path, fields, count, _blocks(parts, view, fields))


def _blocks(parts: List[Path], view: str, fields: Fields) -> Iterator[Dict[str, np.ndarray]]:
    for part_path in parts:
        names = {name: name if name == 'id' else f'{view}_{name}' for name in fields}
        yield {name: read_npz_array(str(part_path), stored) for name, stored in names.items()}
