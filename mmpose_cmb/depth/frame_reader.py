"""Depth frames out of whatever the user has: files, folders, arrays.

A recording is a folder of depth images, in the order of their names' numbers,
with an optional ``camera.json`` that tells unit, intrinsics and times; see
``camera_file.py``. The file also serves single images of that folder.
"""

import os
import os.path as osp
import re
from dataclasses import dataclass, field
from glob import glob, has_magic
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from ..camera import ITOP_CAMERA, SOFTKINETIC_DS325, Camera, check_intrinsics
from ..io.kept_files import keep
from .camera_file import CAMERA_FILE, RecordedCamera, check_unit_m, read_camera_file
from .file_order import in_order, number_of
from .frame import DepthFrame
from .frame_reference import FrameReference
from .stored_frames import (
    DEPTH_SUFFIXES,
    StoredFrame,
    stored_frames_of_array,
    stored_frames_of_file,
)

# Files whose camera is known by their name.
KNOWN_CAMERAS = (
    (re.compile(r'ITOP_(side|top)_\w+_depth_map\.h5'), 'ITOP', ITOP_CAMERA),
    (re.compile(r'.*\.skdepth'), 'SoftKinetic DS325', SOFTKINETIC_DS325),
)
FrameInput = Union[str, os.PathLike, np.ndarray, DepthFrame, FrameReference]


def list_frames(
    inputs: Union[FrameInput, Sequence[FrameInput]],
    unit_m: Optional[float] = None,
    intrinsics: Optional[Sequence[float]] = None,
    key: Optional[str] = None,
    invalid_values: Sequence[float] = (0,),
    fallback_unit_m: Optional[float] = None,
    mirror: bool = False,
) -> List[FrameReference]:
    """List the frames of files, folders and arrays; reads none of them.

    Args:
        inputs (FrameInput or list): A path of a PNG, TIFF, NPY, NPZ, HDF5 or
            SKDEPTH file, a folder, a glob such as ``'rec/depth_*.png'``, an
            array ([H, W], or [N, H, W] for many; integers are stored units,
            floats metres or millimetres), a :class:`DepthFrame`, a reference
            of an earlier call, or a list of these.
        unit_m (float, optional): Metres per stored unit. Defaults to None:
            as ``camera.json`` or the format says, or guessed.
        intrinsics (Sequence[float], optional): fx, fy, cx, cy in pixels.
            Defaults to None: as ``camera.json`` says; those of ITOP and of
            ASTAR's camera where the file is named as theirs.
        key (str, optional): Name of the array in NPZ and HDF5 files, see
            :func:`stored_frames_of_file`.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.
        fallback_unit_m (float, optional): Metres per stored unit where it is
            neither told nor can be guessed, as in 8-bit images. Defaults to
            None: such a frame cannot be read.
        mirror (bool): The images are stored mirrored, so that left and right
            joints would change places: turn them back. The intrinsics are
            those of the stored images. Defaults to False.

    Returns:
        List[FrameReference]: In the order given. In a list of inputs, and in
        a folder or glob, what cannot be opened is a reference whose
        ``read`` raises: a damaged file costs that file only.

    Raises:
        FileNotFoundError: If a single input does not exist or holds no
            depth file.
        ValueError: If an option does not fit, or a single input is damaged.
    """
    lister = _Lister(
        None if unit_m is None else check_unit_m(unit_m),
        None if intrinsics is None else check_intrinsics(intrinsics),
        key,
        tuple(invalid_values),
        None if fallback_unit_m is None else check_unit_m(fallback_unit_m),
        mirror,
    )
    if isinstance(inputs, (list, tuple)):
        found = [
            frame
            for number, item in enumerate(inputs)
            for frame in lister.list_or_fail(item, f'input {number}')
        ]
    else:
        found = lister.list(inputs)
    for index, reference in enumerate(found):
        if reference.index is None:
            reference.index = index
    return found


def select_frames(frames: List[FrameReference], text: Optional[str]) -> List[FrameReference]:
    """Frames that a command line asks for.

    Args:
        frames (List[FrameReference]): All frames.
        text (str, optional): A number, or START:STOP or START:STOP:STEP as
            in a Python slice. Defaults to None: all.

    Raises:
        ValueError: If it is neither, or selects nothing.
    """
    if text is None:
        return frames
    try:
        parts = text.split(':')
        chosen = (
            [frames[int(text)]]
            if len(parts) == 1
            else frames[slice(*(int(part) if part else None for part in parts))]
        )
    except (ValueError, TypeError, IndexError):
        raise ValueError(
            f'frames {text!r}: expected a number or START:STOP:STEP for {len(frames)} frames'
        ) from None
    if not chosen:
        raise ValueError(f'frames {text!r}: selects none of {len(frames)} frames')
    return chosen


@dataclass
class _Lister:
    """The options of :func:`list_frames`, and the cameras read so far."""

    unit_m: Optional[float]
    intrinsics: Optional[Camera]
    key: Optional[str]
    invalid_values: Tuple[float, ...]
    fallback_unit_m: Optional[float]
    mirror: bool
    cameras: Dict[str, RecordedCamera] = field(default_factory=dict)
    positions: Dict[str, Dict[str, int]] = field(default_factory=dict)

    def list(self, item: Any) -> List[FrameReference]:
        if isinstance(item, FrameReference):
            return [item]
        if isinstance(item, DepthFrame):
            return [
                FrameReference(
                    item.name,
                    item,
                    index=item.index,
                    time_s=item.time_s,
                    intrinsics=self.intrinsics or item.intrinsics,
                    mirror=self.mirror,
                )
            ]
        if isinstance(item, np.ndarray):
            return self._references('array', stored_frames_of_array(item))
        if isinstance(item, (str, os.PathLike)):
            return self._of_path(os.fspath(item))
        raise ValueError(
            'expected the path of a depth file, a folder, a '
            f'glob, or an array, got {type(item).__name__}'
        )

    def list_or_fail(self, item: Any, stand_in: str) -> List[FrameReference]:
        """As ``list``; a failure becomes a reference that raises it."""
        try:
            return self.list(item)
        except (OSError, ValueError, ImportError) as error:
            is_path = isinstance(item, (str, os.PathLike))
            name = os.fspath(item) if is_path else stand_in
            if not is_path:
                error = type(error)(f'{stand_in}: {error}')
            return [FrameReference(name, error, source=name)]

    def _of_path(self, path: str) -> List[FrameReference]:
        if osp.isdir(path):
            files = [osp.join(path, name) for name in _depth_files(path)]
            if not files:
                raise FileNotFoundError(
                    f'{path}: no depth file in this folder ({", ".join(DEPTH_SUFFIXES)})'
                )
        elif osp.isfile(path):
            return self._of_file(path, source=path)
        elif has_magic(path):
            files = in_order(glob(path, recursive=True))
            if not files:
                raise FileNotFoundError(f'{path}: no file fits this pattern')
        else:
            raise FileNotFoundError(f'{path}: no such file or folder')
        return [
            frame
            for file in files
            for frame in (
                self.list_or_fail(file, file)
                if osp.isdir(file)
                else self._of_file_or_fail(file, source=path)
            )
        ]

    def _of_file_or_fail(self, path: str, source: str) -> List[FrameReference]:
        try:
            return self._of_file(path, source)
        except (OSError, ValueError, ImportError) as error:
            return [FrameReference(path, error, source=source)]

    def _of_file(self, path: str, source: str) -> List[FrameReference]:
        keep(path)
        camera, notes = self._camera(osp.dirname(path))
        frames = stored_frames_of_file(path, self.key)
        known = self.intrinsics or camera.intrinsics
        if known is None:
            for pattern, name, known_camera in KNOWN_CAMERAS:
                if pattern.fullmatch(osp.basename(path)):
                    known = known_camera
                    notes = notes + [f'{source}: intrinsics of {name}']
        references = self._references(path, frames, camera.depth_unit_m, known)
        for position, reference in enumerate(references):
            if reference.record is None:
                position = self._position(path)
            reference.source = source
            reference.notes = list(notes)
            reference.time_s = self._time_s(camera, path, reference, position)
        return references

    def _references(
        self,
        name: str,
        frames: List[StoredFrame],
        unit_m: Optional[float] = None,
        intrinsics: Optional[Camera] = None,
    ) -> List[FrameReference]:
        return [
            FrameReference(
                name if frame.record is None else f'{name}[{frame.record}]',
                frame,
                intrinsics=self.intrinsics or intrinsics,
                unit_m=self.unit_m or frame.unit_m or unit_m,
                fallback_unit_m=self.fallback_unit_m,
                invalid_values=self.invalid_values,
                mirror=self.mirror,
            )
            for frame in frames
        ]

    def _camera(self, folder: str) -> Tuple[RecordedCamera, List[str]]:
        """The folder's camera, and what to tell the user of it."""
        path = osp.join(folder, CAMERA_FILE)
        if folder not in self.cameras:
            keep(path)
            if osp.lexists(path) and not osp.isfile(path):
                raise ValueError(f'{path}: is a folder, a pipe or a link to nowhere, and no file')
            self.cameras[folder] = read_camera_file(path) if osp.isfile(path) else RecordedCamera()
        camera = self.cameras[folder]
        taken = []
        if self.intrinsics is None and camera.intrinsics is not None:
            taken.append('intrinsics')
        if self.unit_m is None and camera.depth_unit_m is not None:
            taken.append('unit')
        notes = [f'{path}: {" and ".join(taken)}'] if taken else []
        return camera, notes + [f'{path}: {note}' for note in camera.notes]

    def _time_s(
        self, camera: RecordedCamera, path: str, reference: FrameReference, position: int
    ) -> Optional[float]:
        """Time of a frame; of a folder from which files were deleted, by its number."""
        times = camera.times_s
        if times is None or reference.record is not None and position < len(times):
            return camera.time_s(position)
        names = self._folder(osp.dirname(path))
        if reference.record is None and len(times) == len(names):
            return times[position]
        numbers = {name: number_of(name) for name in names}
        number = numbers.get(osp.basename(path))
        if number is not None and all(n is not None and n < len(times) for n in numbers.values()):
            return times[number]
        raise ValueError(
            f'{osp.join(osp.dirname(path), CAMERA_FILE)}: times_s has {len(times)} entries for '
            f'{len(names)} files, and which is that of {reference.name} is not known; the '
            'numbers in names such as 000007.png tell'
        )

    def _position(self, path: str) -> int:
        """Position of a file in its folder's order."""
        folder, name = osp.split(path)
        # A file with another suffix is in no recording.
        return self._folder(folder).get(name, 0)

    def _folder(self, folder: str) -> Dict[str, int]:
        """The depth files of a folder, with their positions."""
        if folder not in self.positions:
            self.positions[folder] = {name: i for i, name in enumerate(_depth_files(folder))}
        return self.positions[folder]


def _depth_files(folder: str) -> List[str]:
    """Names of the depth files of a folder, in order.

    A link to nowhere is one, whose reading fails.
    """
    return in_order(
        entry.name
        for entry in os.scandir(folder or '.')
        if (osp.isfile(entry.path) or entry.is_symlink() and not osp.exists(entry.path))
        and not entry.name.startswith('.')
        and entry.name.lower().endswith(DEPTH_SUFFIXES)
    )
