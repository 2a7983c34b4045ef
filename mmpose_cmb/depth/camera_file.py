"""What is known of the camera of a recording: ``camera.json``."""

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

from ..camera import Camera, check_intrinsics
from ..io.read_text import read_json

CAMERA_FILE = 'camera.json'
# The year 2286 as seconds since 1970.
MAX_TIME_S = 1e10
MAX_FPS = 1e5
KEYS = ('intrinsics', 'depth_unit_m', 'fps', 'times_s')


@dataclass
class RecordedCamera:
    """The content of a ``camera.json``; ``None`` for what it does not say.

    Attributes:
        intrinsics (Camera, optional): The camera, without its image size.
        depth_unit_m (float, optional): Metres per stored unit.
        fps (float, optional): Frames per second.
        times_s (tuple, optional): Time of each frame in seconds; goes before
            ``fps``.
    """

    intrinsics: Optional[Camera] = None
    depth_unit_m: Optional[float] = None
    fps: Optional[float] = None
    times_s: Optional[Tuple[float, ...]] = None

    def time_s(self, position: int) -> Optional[float]:
        """Time of a frame, by its position in the recording."""
        if self.times_s is not None:
            return self.times_s[position]
        return None if self.fps is None else position / self.fps


def check_unit_m(unit_m: float) -> float:
    """Return the metres per stored unit.

    Raises:
        ValueError: If it is not a positive number.
    """
    if (
        isinstance(unit_m, bool)
        or not isinstance(unit_m, (int, float, np.number))
        or not 0 < unit_m < np.inf
    ):
        raise ValueError(f'unit_m: expected metres per stored unit, got {unit_m!r}')
    return float(unit_m)


def read_camera_file(path: str) -> RecordedCamera:
    """Read a ``camera.json``.

    Args:
        path (str): The file: an object with any of ``intrinsics`` ([fx, fy,
            cx, cy], pixels), ``depth_unit_m``, ``fps`` and ``times_s`` (a
            list). Other keys are left alone.

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
    intrinsics, unit_m, fps, times_s = (content.get(key) for key in KEYS)
    if intrinsics is not None:
        intrinsics = check_intrinsics(intrinsics)
    if unit_m is not None:
        try:
            unit_m = check_unit_m(unit_m)
        except ValueError as error:
            raise ValueError(f'depth_{error}') from error
    if fps is not None and not (isinstance(fps, (int, float)) and 0 < fps <= MAX_FPS):
        raise ValueError(f'fps: expected frames per second, got {fps!r}')
    if times_s is not None:
        try:
            times_s = tuple(float(t) for t in times_s)
            if not all(abs(t) <= MAX_TIME_S for t in times_s):
                raise ValueError
        except (TypeError, ValueError):
            raise ValueError(
                f'times_s: expected a list of seconds, got {str(times_s)[:200]}'
            ) from None
    return RecordedCamera(intrinsics, unit_m, fps, times_s)
