"""The frames that a file holds, as they are stored, whatever its format.

Legend: N frames of H x W pixels. A file holds one frame ([H, W], [H, W, 1],
or [H, W, 3] with three equal channels) or many ([N, H, W], [N, H, W, 1],
[N, 1, H, W], or a TIFF file's images).
"""

import os.path as osp
from contextlib import suppress
from functools import partial
from mmap import ACCESS_READ, mmap
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..formats.astar import SENTINEL, read_stored_skdepth
from ..io.array_file import map_npy, npz_headers
from ..io.bounds import check_frame_count, check_frame_shape
from ..io.hdf5_frames import HDF5Frames, import_h5py, naming_damage, open_hdf5
from ..io.image_size import tiff_pages
from .depth_io import ARRAY_SUFFIXES, IMAGE_SUFFIXES, TIFF_SUFFIXES, read_stored, without_mask
from .frame_axes import MIN_SIDE, check_planes, holds_many, lies_on_side, take_frame

HDF5_SUFFIXES = ('.h5', '.hdf5')
SKDEPTH_SUFFIXES = ('.skdepth',)
DEPTH_SUFFIXES = IMAGE_SUFFIXES + ARRAY_SUFFIXES + HDF5_SUFFIXES + SKDEPTH_SUFFIXES
# Of an image: colour and depth.
MAX_CHANNELS = 4
ON_SIDE = (
    'the frame is higher than wide, as MATLAB writes HDF5: transpose the frames, or give the '
    'intrinsics, which tell that it is upright'
)


class StoredFrame(NamedTuple):
    """One frame, not yet read.

    Attributes:
        record (int, optional): Its number in a file of many.
        load (Callable): Reads it: no argument, an array in stored units.
        unit_m (float, optional): Metres per unit where the format says so.
        invalid_values (tuple): What the format itself calls invalid.
        doubt (str, optional): Why it cannot be read without the intrinsics.
    """

    record: Optional[int]
    load: Callable[[], np.ndarray]
    unit_m: Optional[float] = None
    invalid_values: Tuple[float, ...] = ()
    doubt: Optional[str] = None


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
    pages = _num_pages(path) if suffix in TIFF_SUFFIXES and osp.isfile(path) else 1
    if pages > 1:
        return [StoredFrame(i, partial(read_stored, path, page=i)) for i in range(pages)]
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
    array = without_mask(array)
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
    if len(shape) < 2 or not _holds_many(shape, path):
        if len(shape) >= 2:
            check_frame_shape(shape[:2], path)
        return [StoredFrame(None, load)]
    check_frame_count(shape[0], path)
    check_frame_shape(shape[1:3], path)
    return _checked_planes(
        [StoredFrame(i, partial(take_frame, load, i)) for i in range(shape[0])], path
    )


def _holds_many(shape: Sequence[int], path: str) -> bool:
    try:
        return holds_many(shape)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def _checked_planes(frames: List[StoredFrame], path: str) -> List[StoredFrame]:
    """The frames, if the few there are can be some."""
    readable = []
    for frame in frames if len(frames) <= MAX_CHANNELS else ():
        # A damaged one costs itself, when it is read.
        with suppress(OSError, ValueError):
            readable.append(frame.load())
    try:
        check_planes(readable)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    return frames


def _num_pages(path: str) -> int:
    with open(path, 'rb') as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        try:
            return tiff_pages(data)
        except ValueError as error:
            raise ValueError(f'{path}: {error}') from error


def _hdf5_frames(path: str, key: Optional[str]) -> List[StoredFrame]:
    h5py = import_h5py()
    shapes, by_matlab = {}, {}

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.dtype.kind in 'uif':
            shapes[name] = item.shape
            by_matlab[name] = 'MATLAB_class' in item.attrs

    with open_hdf5(path) as file, naming_damage(path):
        file.visititems(note)
    key = choose_array(path, shapes, key, 'data')
    if len(shapes[key]) == 3:
        _holds_many(shapes[key], path)
    frames = HDF5Frames(path, key)
    width, height = frames.image_size
    if by_matlab[key]:
        # Its arrays are stored from the last axis to the first.
        stored = [StoredFrame(i, partial(_turned, frames, i)) for i in range(len(frames))]
    else:
        doubt = ON_SIDE if lies_on_side(height, width) else None
        stored = [
            StoredFrame(i, partial(frames.__getitem__, i), doubt=doubt) for i in range(len(frames))
        ]
    return _checked_planes(stored, path)


def _turned(frames: HDF5Frames, record: int) -> np.ndarray:
    return frames[record].T
