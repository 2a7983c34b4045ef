"""The frames that a file holds, as they are stored, whatever its format.

Legend: N frames of H x W pixels. A file holds one frame ([H, W], [H, W, 1],
or [H, W, 3] with three equal channels) or many ([N, H, W] or [N, H, W, 1]).
"""

import os.path as osp
from functools import partial
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..formats.astar import SENTINEL, read_stored_skdepth
from ..io.array_file import map_npy, npz_headers
from ..io.bounds import check_frame_count, check_frame_shape
from ..io.hdf5_frames import HDF5Frames, import_h5py, naming_damage, open_hdf5
from .depth_io import ARRAY_SUFFIXES, IMAGE_SUFFIXES, read_stored

HDF5_SUFFIXES = ('.h5', '.hdf5')
SKDEPTH_SUFFIXES = ('.skdepth',)
DEPTH_SUFFIXES = IMAGE_SUFFIXES + ARRAY_SUFFIXES + HDF5_SUFFIXES + SKDEPTH_SUFFIXES
# Of an array that may be a depth image: arrays of joints are smaller.
MIN_SIDE = 16


class StoredFrame(NamedTuple):
    """One frame, not yet read.

    Attributes:
        record (int, optional): Its number in a file of many.
        load (Callable): Reads it: no argument, an array in stored units.
        unit_m (float, optional): Metres per unit where the format says so.
        invalid_values (tuple): What the format itself calls invalid.
    """

    record: Optional[int]
    load: Callable[[], np.ndarray]
    unit_m: Optional[float] = None
    invalid_values: Tuple[float, ...] = ()


def stored_frames_of_file(path: str, key: Optional[str] = None) -> List[StoredFrame]:
    """List the frames of a file; reads no more than its header.

    Args:
        path (str): PNG, TIFF, NPY, NPZ, HDF5 or SKDEPTH.
        key (str, optional): Name of the array in NPZ and HDF5 files. Defaults
            to None: the only one that can be a depth image, or that with
            'depth' in its name; in HDF5 'data' goes before.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no depth file, is damaged or holds several
            arrays that could be meant. The message names the file.
    """
    suffix = osp.splitext(path)[1].lower()
    if suffix in HDF5_SUFFIXES:
        return _hdf5_frames(path, key)
    if suffix == '.npz' and osp.isfile(path):
        shapes = {
            name: header.shape
            for name, header in npz_headers(path).items()
            if header.dtype.kind in 'uif'
        }
        key = choose_array(path, shapes, key)
        return _split(shapes[key], partial(read_stored, path, key), path)
    if suffix == '.npy' and osp.isfile(path):
        # Only the header is read, and later only the frame.
        return _split(map_npy(path).shape, partial(map_npy, path), path)
    if suffix in SKDEPTH_SUFFIXES:
        return [StoredFrame(None, partial(read_stored_skdepth, path), 0.001, (0, SENTINEL))]
    return [StoredFrame(None, partial(read_stored, path))]


def stored_frames_of_array(array: np.ndarray) -> List[StoredFrame]:
    """The frames of an array in memory.

    Raises:
        ValueError: If it has another number of axes than 2 to 4.
    """
    if array.ndim not in (2, 3, 4):
        raise ValueError(
            'expected one depth image (H, W) or a stack of them '
            f'(N, H, W), got {array.dtype} {array.shape}'
        )
    return _split(array.shape, lambda: array, 'depth array')


def choose_array(
    path: str,
    shapes: Mapping[str, Sequence[int]],
    key: Optional[str],
    preferred: Optional[str] = None,
) -> str:
    """Find the array of depth among those of a file.

    Args:
        path (str): For messages.
        shapes (dict): Shape of each array.
        key (str, optional): The name that the user gave.
        preferred (str, optional): Taken where it is there.

    Raises:
        ValueError: If there is no such array, none that can be a depth
            image, or several.
    """
    holds = ', '.join(f'{name} {list(shape)}' for name, shape in shapes.items()) or 'nothing'
    if key is not None:
        if key not in shapes:
            raise ValueError(f'{path}: no array "{key}"; it holds {holds}')
        return key
    if preferred is not None and preferred in shapes:
        return preferred
    fitting = [
        name for name, shape in shapes.items() if len(shape) >= 2 and sorted(shape)[-2] >= MIN_SIDE
    ]
    if len(fitting) > 1:
        named = [name for name in fitting if 'depth' in name.lower()]
        fitting = named if len(named) == 1 else fitting
    if len(fitting) != 1:
        wanted = (
            'which is the depth? Give its name as key'
            if fitting
            else 'none of them is a depth image'
        )
        raise ValueError(f'{path}: {wanted}; it holds {holds}')
    return fitting[0]


def _split(shape: Sequence[int], load: Callable[[], np.ndarray], path: str) -> List[StoredFrame]:
    """One frame, or one of each image of a stack."""
    if len(shape) < 3 or len(shape) == 3 and shape[2] in (1, 3):
        if len(shape) >= 2:
            check_frame_shape(shape[:2], path)
        return [StoredFrame(None, load)]
    check_frame_count(shape[0], path)
    check_frame_shape(shape[1:3], path)
    return [StoredFrame(i, partial(_take, load, i)) for i in range(shape[0])]


def _take(load: Callable[[], np.ndarray], record: int) -> np.ndarray:
    return np.array(load()[record])


def _hdf5_frames(path: str, key: Optional[str]) -> List[StoredFrame]:
    h5py = import_h5py()
    shapes = {}

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind in 'uif':
            shapes[name] = item.shape

    with open_hdf5(path) as file, naming_damage(path):
        file.visititems(note)
    frames = HDF5Frames(path, choose_array(path, shapes, key, 'data'))
    return [StoredFrame(i, partial(frames.__getitem__, i)) for i in range(len(frames))]
