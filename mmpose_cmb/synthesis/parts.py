"""Files of finished blocks: what their frames have left, as arrays."""

from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np

from ..io import write_npz
from ..io.array_file import read_npz_array


def write_part(path: Path, ids: Sequence[int], records: List[Dict[str, np.ndarray]]) -> None:
    """Write the records of the frames ``ids``, stacked by name."""
    arrays = {name: np.stack([record[name] for record in records]) for name in records[0]}
    write_npz(path, ids=np.array(ids, np.int64), **arrays)


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
    return {name: np.concatenate(arrays[1:] or arrays) for name, arrays in gathered.items()}
