"""Files of finished blocks: what their frames have left, and whether they are whole."""

from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np

from ..io import write_npz
from ..io.array_file import npz_headers, read_npz_array
from ..io.image_size import png_size

# Beyond any pixel, and any metre.
MAX_NUMBER = 1e6


def write_part(path: Path, ids: Sequence[int], records: List[Dict[str, np.ndarray]]) -> None:
    """Write the records of the frames ``ids``, stacked by name."""
    arrays = {name: np.stack([record[name] for record in records]) for name in records[0]}
    write_npz(path, ids=np.array(ids, np.int64), **arrays)


def is_whole_part(path: Path, ids: Sequence[int]) -> bool:
    """Whether a part holds the records of the frames ``ids``.

    Raises:
        ValueError: Naming the file, if it is damaged.
    """
    arrays = {name: read_npz_array(str(path), name) for name in npz_headers(str(path))}
    return list(arrays.get('ids', ())) == list(ids)


def is_whole_png(path: Path) -> bool:
    """Whether an image is there and as it was written."""
    try:
        png_size(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return True


def read_parts(paths: List[Path], empty: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """The arrays of ``empty`` over the frames of all parts, in order.

    Args:
        paths (list): The parts.
        empty (dict): The arrays to read, as they are for no frame.
    """
    gathered = {name: [array] for name, array in empty.items()}
    for path in paths:
        for name, arrays in gathered.items():
            arrays.append(read_npz_array(str(path), name))
            if arrays[-1].dtype.kind == 'f' and not (np.abs(arrays[-1]) < MAX_NUMBER).all():
                raise ValueError(f'{path}: "{name}" is damaged; delete it to have it anew')
    return {name: np.concatenate(arrays[1:] or arrays) for name, arrays in gathered.items()}
