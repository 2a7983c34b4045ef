"""A frame that can be read, wherever it is."""

from dataclasses import dataclass, field
from typing import List, Optional, Tuple, Union

import numpy as np

from ..camera import Camera, mirrored
from .depth_io import depth_to_metres
from .depth_unit import check_distance, guess_unit_m
from .frame import DepthFrame
from .stored_frames import StoredFrame


@dataclass
class FrameReference:
    """A frame that can be read.

    Attributes:
        name (str): Path, with the record in brackets where the file holds
            many; a stand-in for arrays.
        index (int): Position in the list that ``list_frames`` returned
            first; that of a :class:`DepthFrame` is kept.
        time_s (float, optional): Seconds of the recording's clock.
        intrinsics (Camera, optional): The camera.
        unit_m (float, optional): Metres per stored unit; ``None`` until
            :meth:`read` has guessed it.
        fallback_unit_m (float, optional): Taken where it cannot be guessed.
        invalid_values (tuple): Stored values that mean "no measurement".
        mirror (bool): It is stored mirrored, and turned back by :meth:`read`.
        source (str): What the notes call the input that the frame is of.
        notes (list): What was found by itself, a sentence each; complete
            after :meth:`read`.
    """

    name: str
    stored: Union[StoredFrame, DepthFrame, Exception] = field(repr=False)
    index: Optional[int] = None
    time_s: Optional[float] = None
    intrinsics: Optional[Camera] = None
    unit_m: Optional[float] = None
    fallback_unit_m: Optional[float] = None
    invalid_values: Tuple[float, ...] = (0,)
    mirror: bool = False
    source: str = 'array'
    notes: List[str] = field(default_factory=list)

    @property
    def record(self) -> Optional[int]:
        """Number of the frame in a file or array of many."""
        return getattr(self.stored, 'record', None)

    def read(self) -> DepthFrame:
        """Read the frame.

        Raises:
            FileNotFoundError: If the file is missing.
            ValueError: If the frame cannot be read, or its unit cannot be
                guessed or is wrong. The message names file and record.
        """
        if isinstance(self.stored, Exception):
            raise self.stored
        if isinstance(self.stored, DepthFrame):
            depth_m = self._checked(self.stored.depth_m, 1.0)
        else:
            depth_m = self._metres(self.stored)
        camera = self.intrinsics
        if self.mirror:
            depth_m = np.ascontiguousarray(depth_m[:, ::-1])
            camera = None if camera is None else mirrored(camera, depth_m.shape[1])
        return DepthFrame(depth_m, camera, self.name, self.index or 0, self.time_s)

    def _metres(self, stored: StoredFrame) -> np.ndarray:
        if stored.doubt and self.intrinsics is None:
            raise ValueError(f'{self.name}: {stored.doubt}')
        values = stored.load()
        invalid = self.invalid_values + stored.invalid_values
        if self.unit_m is None:
            self.unit_m = self._guess(values, invalid)
        depth_m = depth_to_metres(values, self.unit_m, invalid, source=self.name)
        return self._checked(depth_m, self.unit_m)

    def _guess(self, values: np.ndarray, invalid: Tuple[float, ...]) -> float:
        try:
            unit_m = guess_unit_m(values, invalid)
            unit, by = 'metres' if unit_m == 1 else 'millimetres', 'its values'
        except ValueError as error:
            if self.fallback_unit_m is None:
                raise ValueError(f'{self.name}: {error}') from error
            unit_m = self.fallback_unit_m
            unit, by = f'units of {unit_m:g} m', "the model's training data"
        # A frame of holes has any unit.
        if (values > 0).any():
            self.notes.append(
                f'{self.source}: depth taken for {unit}, by {by} '
                f'({values.dtype}); unit_m says it otherwise'
            )
        return unit_m

    def _checked(self, depth_m: np.ndarray, unit_m: float) -> np.ndarray:
        try:
            check_distance(depth_m, unit_m)
        except ValueError as error:
            raise ValueError(f'{self.name}: {error}') from error
        return depth_m
