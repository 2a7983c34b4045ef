"""Depth images from and to files.

Legend: H, W are the image's height and width in pixels. A depth image in
memory is float32 [H, W] in metres, and 0 marks an invalid pixel: a hole, or
a place outside the image.
"""

import os.path as osp
from typing import Optional, Sequence

import cv2
import numpy as np

from ..io import write_bytes
from ..io.array_file import map_npy, npz_headers, read_npz_array
from ..io.bounds import MAX_TEXT_BYTES, check_bytes, check_frame_shape
from ..io.image_size import png_size, tiff_pages, tiff_size

TIFF_SUFFIXES = ('.tif', '.tiff')
IMAGE_SUFFIXES = ('.png', *TIFF_SUFFIXES)
ARRAY_SUFFIXES = ('.npy', '.npz')


def read_depth(
    path: str, unit_m: float, invalid_values: Sequence[float] = (0,), key: Optional[str] = None
) -> np.ndarray:
    """Read a depth image and bring it to metres.

    Args:
        path (str): A PNG (8 or 16 bits; one channel, or three equal ones),
            a TIFF (16 bits or float32), a ``.npy`` or a ``.npz`` file.
        unit_m (float): Metres per stored unit: 0.001 for millimetres.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.
        key (str, optional): The array's name in a ``.npz`` file. Not needed
            where the file holds a single array.

    Returns:
        np.ndarray: Depth in metres, float32 [H, W], 0 = invalid. Stored
        values that are invalid, NaN, infinite or negative become 0.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be read as a depth image. The message
            names the file.
    """
    return depth_to_metres(read_stored(path, key), unit_m, invalid_values, source=path)


def depth_to_metres(
    stored: np.ndarray,
    unit_m: float,
    invalid_values: Sequence[float] = (0,),
    source: str = 'depth array',
) -> np.ndarray:
    """Bring stored depth values to metres, with 0 for what is invalid.

    Args:
        stored (np.ndarray): Integers or floats, [H, W], [H, W, 1], or
            [H, W, 3] with three equal channels; what is masked is invalid.
        unit_m (float): Metres per stored unit.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.
        source (str): What an error message calls the array.

    Returns:
        np.ndarray: Depth in metres, float32 [H, W], 0 = invalid.

    Raises:
        ValueError: If the array's shape or type does not fit.
    """
    stored = without_mask(stored)
    if stored.dtype.kind not in 'uif':
        raise ValueError(f'{source}: expected numbers, got {stored.dtype}')
    stored = np.ascontiguousarray(_single_channel(stored, source))
    depth_m = stored.astype(np.float32)
    depth_m *= np.float32(unit_m)
    # Written so that NaN fails the test too.
    valid = depth_m > 0
    if stored.dtype.kind == 'f':
        valid &= depth_m < np.inf
    for value in invalid_values:
        valid &= stored != value
    np.copyto(depth_m, 0, where=~valid)
    return depth_m


def without_mask(stored: np.ndarray) -> np.ndarray:
    """A masked array with 0, which is invalid, in place of what is masked."""
    return stored.filled(0) if isinstance(stored, np.ma.MaskedArray) else stored


def write_depth_png_mm(path: str, depth_m: np.ndarray) -> None:
    """Write a 16-bit, one-channel PNG in millimetres, 0 = invalid.

    The file appears whole or not at all.

    Args:
        path (str): Where to write; ends with ``.png``.
        depth_m (np.ndarray): Depth in metres, float32 [H, W], 0 = invalid.

    Raises:
        ValueError: If a depth is negative, not finite or beyond 65.535 m.
    """
    depth_mm = np.rint(np.asarray(depth_m, np.float64) * 1000)
    if not np.all((depth_mm >= 0) & (depth_mm <= 65535)):
        raise ValueError(
            f'{path}: 16 bits of millimetres hold 0 to 65.535 m, '
            f'got {np.min(depth_m)} to {np.max(depth_m)} m'
        )
    done, data = cv2.imencode('.png', depth_mm.astype(np.uint16))
    assert done
    write_bytes(path, data.tobytes())


def read_stored(path: str, key: Optional[str] = None, page: Optional[int] = None) -> np.ndarray:
    """Return the array of a depth file as it is stored.

    Args:
        path (str): As in :func:`read_depth`.
        key (str, optional): The array's name in a ``.npz`` file.
        page (int, optional): Number of the image in a TIFF file. Defaults to
            None: the only one.

    Raises:
        FileNotFoundError, ValueError: As :func:`read_depth`.
    """
    suffix = osp.splitext(path)[1].lower()
    if suffix not in IMAGE_SUFFIXES + ARRAY_SUFFIXES:
        raise ValueError(
            f'{path}: not a depth file this can read '
            f'({", ".join(IMAGE_SUFFIXES + ARRAY_SUFFIXES)}). Lossy formats '
            'such as JPEG blend depths across silhouettes.'
        )
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such depth image')
    if suffix in IMAGE_SUFFIXES:
        return _decode_image(path, suffix, page)
    return _load_array(path, suffix, key)


def _decode_image(path: str, suffix: str, page: Optional[int]) -> np.ndarray:
    check_bytes(osp.getsize(path), MAX_TEXT_BYTES, path)
    data = np.fromfile(path, np.uint8)
    try:
        size = (png_size if suffix == '.png' else tiff_size)(data.tobytes())
        pages = 1 if suffix == '.png' else tiff_pages(data.tobytes())
        if page is None and pages > 1:
            raise ValueError(f'holds {pages} images; save each as a file')
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    check_frame_shape(size, path)
    try:
        image = _decode(data, page)
    except cv2.error as error:
        raise ValueError(f'{path}: cannot be decoded as an image ({error.err})') from error
    if image is None or image.shape[:2] != size:
        raise ValueError(f'{path}: cannot be decoded as an image ({data.size} bytes)')
    return image


def _decode(data: np.ndarray, page: Optional[int]) -> Optional[np.ndarray]:
    """The only image of a file, or one of many; None where it cannot be."""
    if page is None:
        return cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    whole, images = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED, range=(page, page + 1))
    return images[0] if whole else None


def _load_array(path: str, suffix: str, key: Optional[str]) -> np.ndarray:
    if suffix == '.npy':
        return map_npy(path)
    names = list(npz_headers(path))
    if key is None and len(names) == 1:
        key = names[0]
    if key in names:
        return read_npz_array(path, key)
    wanted = 'more than one array and no key given' if key is None else (f'no array "{key}"')
    raise ValueError(f'{path}: {wanted}; the file holds: {", ".join(names)}')


def _single_channel(stored: np.ndarray, source: str) -> np.ndarray:
    """Return [H, W] of [H, W], [H, W, 1] or three equal channels."""
    if stored.ndim == 2 and stored.size:
        return stored
    if stored.ndim == 3 and stored.size and stored.shape[2] in (1, 3):
        first = stored[..., 0]
        if all(np.array_equal(first, stored[..., i]) for i in range(1, stored.shape[2])):
            return first
        raise ValueError(
            f'{source}: the three channels differ, so this is a '
            'colour picture and not a depth image'
        )
    raise ValueError(
        f'{source}: expected one depth image (H, W), or three equal channels '
        f'(H, W, 3), got {stored.dtype} {stored.shape}'
    )
