"""Joints from the text and array files that methods publish.

Legend: N frames, K joints, D numbers each: two in the image, three in space.

Text: one frame per line with K * D numbers, or one joint per line with D,
K lines a frame, blank lines between frames or not. Numbers are set apart by
whitespace or commas; ``nan`` means no joint; ``#`` begins a comment.
Arrays: ``.npy`` or ``.npz``, [N, K, D] or [N, K * D].
"""

import os.path as osp
from typing import Iterator, List, Optional, Tuple

import numpy as np

from mmpose_cmb.camera import Camera, project, unproject
from mmpose_cmb.io.array_file import map_npy, npz_headers, read_npz_array
from mmpose_cmb.io.read_text import read_text

# What the numbers are: pixels right and down, without and with the depth; or
# the camera frame with y pointing down, or up. And how many there are.
FORMS = {'uv': 2, 'uvd': 3, 'xyz': 3, 'xyz-yup': 3}
# Beyond the reach of any depth camera: the unit must be wrong.
MAX_DEPTH_M = 50.0
# A kilometre in millimetres, and beyond any image.
MAX_NUMBER = 1e6
# Nearer than a depth camera sees. Only for pixels with depth, as (x, y, z)
# may be relative to a joint.
MIN_DEPTH_M = 0.05


def read_joints(
    path: str, num_joints: int, key: Optional[str] = None, dims: int = 3
) -> np.ndarray:
    """Read the numbers of each joint and frame.

    Args:
        path (str): Text, ``.npy`` or ``.npz``, see this module.
        num_joints (int): K.
        key (str, optional): Name of the array in an ``.npz`` that holds
            several. Defaults to None.
        dims (int): D, see ``FORMS``. Defaults to 3.

    Returns:
        np.ndarray: float64 [N, K, D], as they are in the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it does not hold K joints a frame, with the line.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such file')
    if path.endswith(('.npy', '.npz')):
        joints = _joints_of_array(_load_array(path, key), num_joints, dims, path)
    else:
        if key is not None:
            raise ValueError(
                f'{path}: only .npz files have keys, but the key "{key}" was asked for'
            )
        joints = parse_joints(read_text(path), num_joints, path, dims)
    if not len(joints):
        raise ValueError(f'{path}: holds no frame')
    beyond = np.argwhere(np.abs(np.nan_to_num(joints, posinf=np.inf)) > MAX_NUMBER)
    if len(beyond):
        frame, joint, axis = beyond[0]
        raise ValueError(
            f'{path}: frame {frame}, joint {joint}: {joints[frame, joint, axis]:g} is no place '
            'in pixels, millimetres or metres; nan means no joint'
        )
    return joints


def parse_joints(text: str, num_joints: int, source: str = 'text', dims: int = 3) -> np.ndarray:
    """The numbers of each joint and frame from text.

    Args:
        text (str): See this module.
        num_joints (int): K.
        source (str): File, for error messages. Defaults to 'text'.
        dims (int): D, see ``FORMS``. Defaults to 3.

    Returns:
        np.ndarray: float64 [N, K, D].

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
                raise ValueError(
                    f'{where}: the frame that ends here has '
                    f'{joints_open} joints, expected '
                    f'{num_joints}'
                )
            continue
        if width is None and len(values) in (dims, dims * num_joints):
            width = len(values)
        if len(values) != width:
            raise ValueError(
                f'{where}: {len(values)} numbers, expected '
                + _widths_expected(width, num_joints, dims)
            )
        rows.append(values)
        if width == dims:
            joints_open = (joints_open + 1) % num_joints
    return np.array(rows, dtype=np.float64).reshape(-1, num_joints, dims)


def to_camera(
    values: np.ndarray,
    form: str,
    *,
    unit_m: float = 1.0,
    intrinsics: Optional[Camera] = None,
    source: str = 'joints',
) -> np.ndarray:
    """Bring joints to the camera frame: metres, x right, y down, z forward.

    Args:
        values (np.ndarray): As in the file, shape [N, K, 3].
        form (str): ``'uvd'``: pixels right and down, and the depth z;
            ``'xyz'``: the camera frame; ``'xyz-yup'``: the same with y
            pointing up, as ITOP's labels have it.
        unit_m (float): Metres per unit of the depth or of all three.
            Defaults to 1.
        intrinsics (Camera, optional): The camera; needed for 'uvd'.
        source (str): File, for error messages. Defaults to 'joints'.

    Returns:
        np.ndarray: float64 [N, K, 3].

    Raises:
        ValueError: On an unknown form or unit, without a camera where one is
            needed, or if the depths are those of another unit.
    """
    _check_form(form)
    if form == 'uv':
        raise ValueError(f'{source}: pixels without depth (uv) are not joints in space')
    if not unit_m > 0:
        raise ValueError(f'unit_m must be above 0, got {unit_m}')
    if form == 'uvd' and intrinsics is None:
        raise ValueError(
            f"{source}: pixels with depth (uvd) need the camera's intrinsics to become metres"
        )
    values = np.asarray(values, dtype=np.float64)
    depth_m = values[..., 2] * unit_m
    _check_depth(depth_m, form, unit_m, source)
    if form == 'uvd':
        return unproject(values[..., :2], depth_m, intrinsics)
    flip = np.array([1.0, -1.0 if form == 'xyz-yup' else 1.0, 1.0])
    return values * unit_m * flip


def to_pixels(
    values: np.ndarray, form: str, *, intrinsics: Optional[Camera] = None, source: str = 'joints'
) -> np.ndarray:
    """Bring joints to the image plane.

    Args:
        values (np.ndarray): As in the file, shape [N, K, D]; unit and depth
            play no part.
        form (str): One of ``FORMS``.
        intrinsics (Camera, optional): The camera; needed for 'xyz' and
            'xyz-yup'.
        source (str): File, for error messages. Defaults to 'joints'.

    Returns:
        np.ndarray: float64 [N, K, 2], pixels, not clipped to the image. NaN
        for a joint that is not in front of the camera.

    Raises:
        ValueError: On an unknown form, without a camera where one is needed,
            or if they are no pixels.
    """
    _check_form(form)
    values = np.asarray(values, dtype=np.float64)
    if form in ('uv', 'uvd'):
        pixels = values[..., :2]
        if np.nanmax(np.abs(pixels), initial=0.0) <= 1:
            raise ValueError(
                f'{source}: all joints lie between 0 and 1: parts of the width and height? '
                'Pixels are expected'
            )
        return pixels
    if intrinsics is None:
        raise ValueError(
            f"{source}: joints in space ({form}) need the camera's intrinsics to become pixels"
        )
    flip = np.array([1.0, -1.0 if form == 'xyz-yup' else 1.0, 1.0])
    return pixels_of(values * flip, intrinsics)


def pixels_of(joints_m: np.ndarray, intrinsics: Camera) -> np.ndarray:
    """Pixels of joints; NaN for those that are not in front of the camera.

    Args:
        joints_m (np.ndarray): Metres, camera frame, shape [N, K, 3].
        intrinsics (Camera): The camera.

    Returns:
        np.ndarray: float64 [N, K, 2], not clipped to the image.
    """
    joints_m = np.asarray(joints_m, dtype=np.float64)
    ahead = joints_m[..., 2:] > 0
    return project(np.where(ahead, joints_m, np.nan), intrinsics)


def _check_form(form: str) -> None:
    if form not in FORMS:
        raise ValueError(f'form must be one of {tuple(FORMS)}, got {form!r}')


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
            raise ValueError(
                f'{source}, line {number}: nothing between two '
                'commas; write nan for a joint that is missing'
            )
        yield number, [_number(token, source, number) for cell in cells for token in cell]
    yield len(lines), []


def _number(token: str, source: str, line: int) -> float:
    try:
        return float(token)
    except ValueError:
        raise ValueError(f'{source}, line {line}: "{token}" is no number') from None


def _widths_expected(width: Optional[int], num_joints: int, dims: int) -> str:
    frame = f'{dims * num_joints} (a frame of {num_joints} joints)'
    if width is None:
        return f'{frame} or {dims} (a joint)'
    return frame if width == dims * num_joints else f'{dims} (a joint)'


def _load_array(path: str, key: Optional[str]) -> np.ndarray:
    if path.endswith('.npy'):
        if key is not None:
            raise ValueError(
                f'{path}: only .npz files have keys, but the key "{key}" was asked for'
            )
        return map_npy(path)
    names = list(npz_headers(path))
    if key is None and len(names) == 1:
        key = names[0]
    if key not in names:
        raise ValueError(
            f'{path}: '
            + ('choose an array by its key' if key is None else f'has no array "{key}"')
            + f'; there are {", ".join(names) or "none"}'
        )
    return read_npz_array(path, key)


def _joints_of_array(array: np.ndarray, num_joints: int, dims: int, path: str) -> np.ndarray:
    shape = array.shape
    if array.dtype.kind not in 'fiu' or shape[1:] not in (
        (num_joints, dims),
        (num_joints * dims,),
    ):
        raise ValueError(
            f'{path}: expected numbers of shape [N, {num_joints}, {dims}] or '
            f'[N, {num_joints * dims}] ({num_joints} joints), got '
            f'{array.dtype} {shape}'
        )
    return array.astype(np.float64).reshape(-1, num_joints, dims)


def _check_depth(depth_m: np.ndarray, form: str, unit_m: float, source: str) -> None:
    finite = np.abs(depth_m[np.isfinite(depth_m)])
    if not finite.size:
        raise ValueError(f'{source}: no joint has a depth')
    median_m = float(np.median(finite))
    low = MIN_DEPTH_M if form == 'uvd' else 0.0
    if not low <= median_m <= MAX_DEPTH_M:
        raise ValueError(
            f'{source}: the median depth would be {median_m:g} m; is a unit '
            f'really {unit_m:g} m, and z the third number?'
        )
