"""A thread that reads a source and keeps the newest frame alone."""

import threading
import time
from typing import Callable, NamedTuple, Optional

from ..depth.frame import DepthFrame
from .frame_slot import FrameSlot
from .recorder import Recorder
from .source import DepthSource, DeviceLost, NoFrame, SourceEnded

# How long one read may wait, so that stopping takes no longer.
READ_S = 0.2
# OpenNI cameras cannot be asked to wait less than two seconds.
STOP_S = 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0


class Captured(NamedTuple):
    """A frame, and when it came to this computer (the clock's seconds)."""

    frame: DepthFrame
    arrived_s: float


def backoff_s(attempt: int) -> float:
    """Wait before attempt 0, 1, ... to open a lost device, seconds."""
    return min(FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S)


class Grabber:
    """Reads an open source in a thread of its own.

    Nothing that the source does ends the thread but its end: what goes wrong
    is in ``trouble`` until a frame comes, and a lost device is closed and
    opened again, after 0.5 s, 1 s, 2 s and so on up to 8 s.

    Args:
        source (DepthSource): Open.
        recorder (Recorder, optional): Gets every frame, also those that
            nobody takes.
        silence_s (float): A device without a frame for longer counts as
            lost. Defaults to 5.
        clock (Callable): Seconds that only rise.

    Attributes:
        grabbed (int): Frames that came.
        damaged (int): Frames that could not be used.
        trouble (str, optional): What is wrong now, one sentence.
        damage (str, optional): The last frame that could not be used, and
            why.
        record_trouble (str, optional): Why recording has stopped.
        ended (str, optional): Why no frame will come any more.
    """

    def __init__(
        self,
        source: DepthSource,
        recorder: Optional[Recorder] = None,
        silence_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self.silence_s = silence_s
        self.grabbed = self.damaged = 0
        self.trouble: Optional[str] = None
        self.damage: Optional[str] = None
        self.record_trouble: Optional[str] = None
        self.ended: Optional[str] = None
        self._recorder = recorder
        self._clock = clock
        self._slot: FrameSlot[Captured] = FrameSlot()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name='frame grabber', daemon=True)
        self._last_s = clock()
        # Attempts to open a lost device again; None = it is open.
        self._attempt: Optional[int] = None

    @property
    def dropped(self) -> int:
        """Frames that came and nobody took, or that the source skipped."""
        return self._slot.dropped + self.source.skipped

    def start(self) -> None:
        """Begin to read."""
        self._last_s = self._clock()
        self._thread.start()

    def take(self, timeout_s: float) -> Optional[Captured]:
        """The newest frame; None where none came in time, or none will."""
        return self._slot.take(timeout_s)

    def stop(self) -> None:
        """End the thread. A device that hangs is left behind."""
        self._stopping.set()
        self._slot.close()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self.ended is None:
                self.step()
        except Exception as error:
            # A fault of the source itself: said, and the loop ends orderly.
            self.ended = f'{self.source.name}: failed ({type(error).__name__}: {error})'
        finally:
            self._slot.close()

    def step(self) -> None:
        """Read once, or try once to get a lost device back."""
        if self._attempt is not None:
            self._reopen()
            return
        try:
            frame = self.source.read(READ_S)
        except NoFrame:
            silent_s = self._clock() - self._last_s
            if silent_s >= self.silence_s and self.source.can_reopen:
                self._lose(f'no frame for {silent_s:.0f} s')
        except SourceEnded as error:
            self.ended = str(error)
        except DeviceLost as error:
            self._lose(str(error))
        except ValueError as error:
            self.damaged += 1
            self.damage = str(error)
            self._last_s = self._clock()
        else:
            self._last_s = self._clock()
            self.grabbed += 1
            self.trouble = None
            self._record(frame)
            self._slot.put(Captured(frame, self._last_s))

    def silent_s(self) -> float:
        """Seconds since the last frame came."""
        return self._clock() - self._last_s

    def _lose(self, why: str) -> None:
        if not self.source.can_reopen:
            self.ended = why
            return
        self._attempt = 0
        self.trouble = f'{self.source.name} lost: {why}'
        self.source.close()

    def _reopen(self) -> None:
        wait_s = backoff_s(self._attempt)
        self._attempt += 1
        why = self.trouble.split('; next try')[0]
        self.trouble = f'{why}; next try ({self._attempt}) in {wait_s:g} s'
        if self._stopping.wait(wait_s):
            return
        try:
            self.source.open()
        except (DeviceLost, ImportError) as error:
            self.trouble = f'{self.source.name} lost: {error}'
            self.source.close()
            return
        self._attempt = None
        self._last_s = self._clock()

    def _record(self, frame: DepthFrame) -> None:
        if self._recorder is None:
            return
        try:
            self._recorder.write(frame, self._last_s)
        except (OSError, ValueError) as error:
            self.record_trouble = f'recording has stopped: {error}'
            self._recorder = None
