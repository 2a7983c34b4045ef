"""Joints in space from the text and array files that methods publish.

Legend: N frames, K joints, three numbers each.

Text: one frame per line with K * 3 numbers, or one joint per line with three,
K lines a frame, blank lines between frames or not. Numbers are set apart by
whitespace or commas; ``nan`` means no joint; ``#`` begins a comment.
Arrays: ``.npy`` or ``.npz``, [N, K, 3] or [N, K * 3].
"""
import os.path as osp
from typing import Iterator, List, Optional, Tuple
from zipfile import BadZipFile

import numpy as np

from mmpose_cmb.pinhole import Intrinsics, unproject

# What the three numbers are: pixels right and down with the depth; or the
# camera frame with y pointing down, or up.
FORMS = ('uvd', 'xyz', 'xyz-yup')
METRES_PER_UNIT = {'m': 1., 'mm': 0.001}
# Beyond the reach of any depth camera: the unit must be wrong.
MAX_DEPTH_M = 50.
# Nearer than a depth camera sees. Only for pixels with depth, as (x, y, z)
# may be relative to a joint.
MIN_DEPTH_M = 0.05


def read_joints(path: str,
                num_joints: int,
                key: Optional[str] = None) -> np.ndarray:
    """Read three numbers per joint and frame.

    Args:
        path (str): Text, ``.npy`` or ``.npz``, see this module.
        num_joints (int): K.
        key (str, optional): Name of the array in an ``.npz`` that holds
            several. Defaults to None.

    Returns:
        np.ndarray: float64 [N, K, 3], as they are in the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not hold K joints a frame, with the line.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such file')
    if path.endswith(('.npy', '.npz')):
        joints = _joints_of_array(_load_array(path, key), num_joints, path)
    else:
        if key is not None:
            raise ValueError(f'{path}: only .npz files have keys, but the '
                             f'key "{key}" was asked for')
        with open(path, encoding='utf-8') as file:
            try:
                text = file.read()
            except UnicodeDecodeError as error:
                raise ValueError(f'{path}: neither text nor .npy or .npz '
                                 f'({error})') from error
        joints = parse_joints(text, num_joints, path)
    if not len(joints):
        raise ValueError(f'{path}: holds no frame')
    return joints


def parse_joints(text: str,
                 num_joints: int,
                 source: str = 'text') -> np.ndarray:
    """Three numbers per joint and frame from text.

    Args:
        text (str): See this module.
        num_joints (int): K.
        source (str): File, for error messages. Defaults to 'text'.

    Returns:
        np.ndarray: float64 [N, K, 3].

    Raises:
        ValueError: Naming source and line.

    Example:
        >>> parse_joints('1 2 3\\n4 5 6\\n\\n7 8 9\\n1 2 nan\\n', 2).shape
        (2, 2, 3)
    """
    rows, width = [], None
    joints_open = 0  # joints of the frame that lines are building up
    for number, values in _numbered_rows(text, source):
        where = f'{source}, line {number}'
        if not values:
            if joints_open:
                raise ValueError(f'{where}: the frame that ends here has '
                                 f'{joints_open} joints, expected '
                                 f'{num_joints}')
            continue
        if width is None and len(values) in (3, 3 * num_joints):
            width = len(values)
        if len(values) != width:
            raise ValueError(f'{where}: {len(values)} numbers, expected ' +
                             _widths_expected(width, num_joints))
        rows.append(values)
        if width == 3:
            joints_open = (joints_open + 1) % num_joints
    return np.array(rows, dtype=np.float64).reshape(-1, num_joints, 3)


def to_camera(values: np.ndarray,
              form: str,
              *,
              unit: str = 'm',
              intrinsics: Optional[Intrinsics] = None,
              source: str = 'joints') -> np.ndarray:
    """Bring joints to the camera frame: metres, x right, y down, z forward.

    Args:
        values (np.ndarray): As in the file, shape [N, K, 3].
        form (str): ``'uvd'``: pixels right and down, and the depth z;
            ``'xyz'``: the camera frame; ``'xyz-yup'``: the same with y
            pointing up, as ITOP's labels have it.
        unit (str): 'm' or 'mm', of the depth or of all three. Defaults to
            'm'.
        intrinsics (Intrinsics, optional): The camera; needed for 'uvd'.
        source (str): File, for error messages. Defaults to 'joints'.

    Returns:
        np.ndarray: float64 [N, K, 3].

    Raises:
        ValueError: On an unknown form or unit, without a camera where one is
            needed, or if the depths are those of another unit.
    """
    if form not in FORMS:
        raise ValueError(f'form must be one of {FORMS}, got {form!r}')
    if unit not in METRES_PER_UNIT:
        raise ValueError(f'unit must be one of {tuple(METRES_PER_UNIT)}, got '
                         f'{unit!r}')
    if form == 'uvd' and intrinsics is None:
        raise ValueError(f'{source}: pixels with depth (uvd) need the '
                         'camera\'s intrinsics to become metres')
    values = np.asarray(values, dtype=np.float64)
    depth_m = values[..., 2] * METRES_PER_UNIT[unit]
    _check_depth(depth_m, form, unit, source)
    if form == 'uvd':
        return unproject(values[..., :2], depth_m, intrinsics)
    flip = np.array([1., -1. if form == 'xyz-yup' else 1., 1.])
    return values * METRES_PER_UNIT[unit] * flip


def camera_of(fx: float, fy: float, cx: float, cy: float) -> Intrinsics:
    """A camera of which only the projection is needed.

    Args:
        fx (float): Focal length along x, pixels; fy likewise along y.
        fy (float): See ``fx``.
        cx (float): x of the principal point, pixels; cy likewise.
        cy (float): See ``cx``.

    Raises:
        ValueError: If a focal length is not positive.
    """
    if not (fx > 0 and fy > 0):
        raise ValueError('focal lengths must be positive numbers of pixels, '
                         f'got fx {fx} and fy {fy}')
    # Nothing is drawn or clipped: no image size.
    return Intrinsics(width=0, height=0, fx=fx, fy=fy, cx=cx, cy=cy)


def _numbered_rows(text: str, source: str) -> Iterator[Tuple[int, List]]:
    """Line number and numbers of each line; blank lines have none.

    A comment's line is left out, a last blank one stands for the end.
    """
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith('#'):
            continue
        cells = [cell.split() for cell in line.partition('#')[0].split(',')]
        if len(cells) > 1 and not cells[-1]:
            cells.pop()  # a comma at the line's end
        if len(cells) > 1 and not all(cells):
            raise ValueError(f'{source}, line {number}: nothing between two '
                             'commas; write nan for a joint that is missing')
        yield number, [
            _number(token, source, number) for cell in cells for token in cell
        ]
    yield len(lines), []


def _number(token: str, source: str, line: int) -> float:
    try:
        return float(token)
    except ValueError:
        raise ValueError(
            f'{source}, line {line}: "{token}" is no number') from None


def _widths_expected(width: Optional[int], num_joints: int) -> str:
    frame = f'{3 * num_joints} (a frame of {num_joints} joints)'
    if width is None:
        return f'{frame} or 3 (a joint)'
    return frame if width == 3 * num_joints else '3 (a joint)'


def _load_array(path: str, key: Optional[str]) -> np.ndarray:
    try:
        loaded = np.load(path)
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise ValueError(f'{path}: cannot be read ({error})') from error
    if isinstance(loaded, np.ndarray):
        if key is not None:
            raise ValueError(f'{path}: only .npz files have keys, but the '
                             f'key "{key}" was asked for')
        return loaded
    with loaded:
        if key is None and len(loaded.files) == 1:
            key = loaded.files[0]
        if key not in loaded.files:
            raise ValueError(
                f'{path}: ' + ('choose an array by its key' if key is
                               None else f'has no array "{key}"') +
                f'; there are {", ".join(loaded.files) or "none"}')
        return loaded[key]


def _joints_of_array(array: np.ndarray, num_joints: int,
                     path: str) -> np.ndarray:
    shape = array.shape
    if array.dtype.kind not in 'fiu' or shape[1:] not in ((num_joints, 3),
                                                          (num_joints * 3, )):
        raise ValueError(
            f'{path}: expected numbers of shape [N, {num_joints}, 3] or '
            f'[N, {num_joints * 3}] ({num_joints} joints), got '
            f'{array.dtype} {shape}')
    return array.astype(np.float64).reshape(-1, num_joints, 3)


def _check_depth(depth_m: np.ndarray, form: str, unit: str,
                 source: str) -> None:
    finite = np.abs(depth_m[np.isfinite(depth_m)])
    if not finite.size:
        raise ValueError(f'{source}: no joint has a depth')
    median_m = float(np.median(finite))
    low = MIN_DEPTH_M if form == 'uvd' else 0.
    if not low <= median_m <= MAX_DEPTH_M:
        raise ValueError(
            f'{source}: the median depth would be {median_m:g} m; is it '
            f'really in {unit}, and z the third number?')
