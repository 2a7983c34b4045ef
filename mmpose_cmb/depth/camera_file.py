"""What is known of the camera of a recording: ``camera.json``."""

import re
from dataclasses import dataclass
from typing import Any, Optional, Tuple

import numpy as np

from ..camera import Camera, check_camera_of_image, check_intrinsics
from ..io.read_text import read_json

CAMERA_FILE = 'camera.json'
KEYS = ('intrinsics', 'depth_unit_m', 'fps', 'times_s', 'width', 'height')
# Names of the unit in other programs' files. Some of these count metres per
# stored unit, others units per metre: which is told by the value, as no sensor
# has units of more than a metre.
UNIT_KEYS = ('unit_m', 'depth_unit', 'depth_scale')
# What is in the name of a key that is meant for one of ours.
TELLING = re.compile(
    'unit|scale|depth|intrinsic|camera|matrix|focal|fps|rate|time|stamp|mirror|^([fc][xy]|[kwh])$',
    re.IGNORECASE,
)
# Metres per stored unit: a hundredth of a millimetre to a metre.
UNIT_RANGE_M = (1e-5, 1.0)
MAX_FPS = 1000
# The year 2286 as seconds since 1970.
MAX_TIME_S = 1e10


@dataclass
class RecordedCamera:
    """The content of a ``camera.json``; ``None`` for what it does not say.

    Attributes:
        intrinsics (Camera, optional): The camera, with its image size where
            ``width`` and ``height`` tell it.
        depth_unit_m (float, optional): Metres per stored unit.
        fps (float, optional): Frames per second.
        times_s (tuple, optional): Time of each frame in seconds; goes before
            ``fps``.
        notes (tuple): What the user is to know of the file, a sentence each.
    """

    intrinsics: Optional[Camera] = None
    depth_unit_m: Optional[float] = None
    fps: Optional[float] = None
    times_s: Optional[Tuple[float, ...]] = None
    notes: Tuple[str, ...] = ()

    def time_s(self, position: int) -> Optional[float]:
        """Time of a frame, by its position in the recording."""
        if self.times_s is not None:
            return self.times_s[position]
        return None if self.fps is None else position / self.fps


def check_unit_m(unit_m: float) -> float:
    """Return the metres per stored unit.

    Raises:
        ValueError: If it is no number from 1e-5 (a hundredth of a millimetre)
            to 1.
    """
    low, high = UNIT_RANGE_M
    if (
        isinstance(unit_m, bool)
        or not isinstance(unit_m, (int, float, np.number))
        or not low <= unit_m <= high
    ):
        raise ValueError(
            f'unit_m: expected metres per stored unit, from {low:g} to {high:g} and 0.001 for '
            f'millimetres, got {unit_m!r}'
        )
    return float(unit_m)


def read_camera_file(path: str) -> RecordedCamera:
    """Read a ``camera.json``.

    Args:
        path (str): The file: an object with any of ``intrinsics`` ([fx, fy,
            cx, cy], pixels), ``width`` and ``height`` (of the images that
            these are of), ``depth_unit_m``, ``fps`` and ``times_s`` (a list).
            ``unit_m``, ``depth_unit`` and ``depth_scale`` of other programs
            are read as the unit. Another key is noted, or refused where it
            seems to be meant for one of these.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file and what does not fit in it.
    """
    content = read_json(path)
    try:
        if not isinstance(content, dict):
            raise ValueError(f'expected an object with any of {", ".join(KEYS)}')
        return _checked(content)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def _checked(content: dict) -> RecordedCamera:
    content, notes = _known_keys(content)
    intrinsics, unit_m, fps, times_s, width, height = (content.get(key) for key in KEYS)
    if intrinsics is not None:
        intrinsics = check_intrinsics(intrinsics)
        if width is not None and height is not None:
            intrinsics = intrinsics._replace(width=width, height=height)
            check_camera_of_image(intrinsics, width, height)
    if unit_m is not None:
        try:
            unit_m = check_unit_m(unit_m)
        except ValueError as error:
            raise ValueError(f'depth_{error}') from error
    if fps is not None and not (isinstance(fps, (int, float)) and 0 < fps <= MAX_FPS):
        raise ValueError(f'fps: expected frames per second, up to {MAX_FPS}, got {fps!r}')
    if times_s is not None:
        try:
            times_s = tuple(float(t) for t in times_s)
            if not all(abs(t) <= MAX_TIME_S for t in times_s):
                raise ValueError
        except (TypeError, ValueError):
            raise ValueError(
                f'times_s: expected a list of seconds, got {str(times_s)[:200]}'
            ) from None
    return RecordedCamera(intrinsics, unit_m, fps, times_s, notes)


def _known_keys(content: dict) -> Tuple[dict, Tuple[str, ...]]:
    """The content by our keys, and what is to be said of the others."""
    known = {key: value for key, value in content.items() if key in KEYS}
    notes = []
    for key, value in content.items():
        if key in KEYS:
            continue
        if key in UNIT_KEYS and 'depth_unit_m' not in known and _is_number(value):
            known['depth_unit_m'] = 1 / value if value > 1 else value
            notes.append(f'unit {known["depth_unit_m"]:g} m, by "{key}": {value:g}')
        elif TELLING.search(key):
            raise ValueError(
                f'key "{key}": {str(value)[:60]} is not known. Known are intrinsics ([fx, fy, '
                'cx, cy], pixels), width and height, depth_unit_m (metres per stored unit), '
                'fps, times_s'
            )
        else:
            notes.append(f'"{key}" is not used')
    for key in ('width', 'height'):
        if key in known and not (_is_number(known[key]) and known[key] == int(known[key])):
            raise ValueError(f'{key}: expected pixels, got {known[key]!r}')
    return known, tuple(notes)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < np.inf
