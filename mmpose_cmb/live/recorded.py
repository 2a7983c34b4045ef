"""A recording that plays back as a sensor would deliver it."""

import time
from typing import Callable, List, Optional, Sequence

import numpy as np

from ..depth.frame import DepthFrame
from ..depth.frame_reader import FrameInput, FrameReference, list_frames
from .source import DepthSource, NoFrame, SourceEnded

DEFAULT_FPS = 30.0


class RecordedSource(DepthSource):
    """Frames of a folder, a file or an array, at the sensor's rate.

    Frame i is there when its time has come, and not before. Whoever reads too
    late gets the newest frame that is due, as from a sensor; what lies
    between counts as skipped.

    Args:
        frames (FrameInput or list): As for
            :func:`~mmpose_cmb.depth.frame_reader.list_frames`: a folder that
            :class:`Recorder` wrote, an HDF5 file, a glob, an array [N, H, W].
        fps (float, optional): Frames per second. Defaults to None: as the
            ``camera.json`` of the recording says by ``times_s`` or ``fps``,
            else 30.
        loop (bool): Begin again at the end. Defaults to False.
        speed (float): 2 plays twice as fast. Defaults to 1.
        unit_m (float, optional): See ``list_frames``.
        intrinsics (Sequence[float], optional): See ``list_frames``.
        key (str, optional): See ``list_frames``.
        fallback_unit_m (float, optional): See ``list_frames``.
        invalid_values (Sequence[float]): See ``list_frames``.
        mirror (bool): See ``list_frames``.
        clock (Callable): Seconds that only rise. Defaults to
            ``time.monotonic``.
        sleep (Callable): Waits for seconds. Defaults to ``time.sleep``.

    Raises:
        FileNotFoundError: If there is no such recording.
        ValueError: If a number does not fit, or the times go back.
    """

    can_reopen = False

    def __init__(
        self,
        frames: FrameInput,
        fps: Optional[float] = None,
        *,
        loop: bool = False,
        speed: float = 1.0,
        unit_m: Optional[float] = None,
        intrinsics: Optional[Sequence[float]] = None,
        key: Optional[str] = None,
        fallback_unit_m: Optional[float] = None,
        invalid_values: Sequence[float] = (0,),
        mirror: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if (fps is not None and not fps > 0) or not speed > 0:
            raise ValueError(f'fps and speed must be positive, got {fps} and {speed}')
        self.frames: List[FrameReference] = list_frames(
            frames,
            unit_m=unit_m,
            intrinsics=intrinsics,
            key=key,
            invalid_values=invalid_values,
            fallback_unit_m=fallback_unit_m,
            mirror=mirror,
        )
        self.name = frames if isinstance(frames, str) else self.frames[0].name
        self.intrinsics = self.frames[0].intrinsics
        # The list itself: reading the first frame adds what it finds.
        self.notes = self.frames[0].notes
        self.loop = loop
        self._due_s = _playing_times_s(self.frames, fps, self.name) / speed
        # The last frame lasts as long as the others do in the middle.
        steps_s = np.diff(self._due_s)
        steps_s = steps_s[steps_s > 0]
        period_s = (
            float(np.median(steps_s)) if len(steps_s) else (1 / (fps or DEFAULT_FPS) / speed)
        )
        self.fps = 1 / period_s
        self._duration_s = self._due_s[-1] + period_s
        self._clock, self._sleep = clock, sleep
        self._begin_s: Optional[float] = None
        self._next = 0

    def open(self) -> None:
        """Go to the first frame; time runs from the first read on."""
        self._begin_s, self._next, self.skipped = None, 0, 0

    def close(self) -> None:
        """Nothing is held open."""

    def read(self, timeout_s: float = 1.0) -> DepthFrame:
        """Wait until the next frame is due and return it.

        Raises:
            NoFrame: If it is not due within ``timeout_s``.
            SourceEnded: After the last frame.
            ValueError: If the frame's file cannot be used.
        """
        if self._begin_s is None:
            self._begin_s = self._clock()
        now_s = self._clock() - self._begin_s
        newest = self._newest_due(now_s)
        if newest > self._next:
            self.skipped += newest - self._next
            self._next = newest
        if self._next >= len(self.frames) and not self.loop:
            raise SourceEnded(f'{self.name}: the recording has ended')
        turn, position = divmod(self._next, len(self.frames))
        wait_s = turn * self._duration_s + self._due_s[position] - now_s
        if wait_s > timeout_s:
            self._sleep(timeout_s)
            raise NoFrame(f'{self.name}: no frame within {timeout_s:g} s')
        self._next += 1
        try:
            return self.frames[position].read()
        except (OSError, ImportError) as error:
            raise ValueError(str(error)) from error
        finally:
            # Reading took a part of the wait.
            left_s = self._begin_s + now_s + wait_s - self._clock()
            if left_s > 0:
                self._sleep(left_s)

    def _newest_due(self, now_s: float) -> int:
        """Number of the newest frame that is due, counted through all turns;
        the last of a recording that plays once is never skipped."""
        turn = int(now_s // self._duration_s) if self.loop else 0
        position = int(np.searchsorted(self._due_s, now_s - turn * self._duration_s, 'right')) - 1
        return turn * len(self.frames) + position


def _playing_times_s(
    frames: Sequence[FrameReference], fps: Optional[float], name: str
) -> np.ndarray:
    """When each frame is due, seconds from the first."""
    times_s = [frame.time_s for frame in frames]
    if fps is not None or None in times_s:
        return np.arange(len(frames)) / (fps or DEFAULT_FPS)
    times_s = np.array(times_s, np.float64)
    if not np.all(np.diff(times_s) >= 0):
        late = int(np.argmin(np.diff(times_s) >= 0)) + 1
        raise ValueError(
            f'{name}: times must not go back, but frame {late} is at '
            f'{times_s[late]:g} s after {times_s[late - 1]:g} s; fps plays it '
            'at an even rate'
        )
    return times_s - times_s[0]
