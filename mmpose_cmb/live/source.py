"""Where depth frames come from, one after the other."""

from abc import ABC, abstractmethod
from typing import Iterator, Optional, Sequence

from ..camera import Camera
from ..depth.frame import DepthFrame


class NoFrame(TimeoutError):
    """No frame came within the time that was given; the next read may work."""


class SourceEnded(Exception):
    """There will be no more frames: a recording has come to its end."""


class DeviceLost(ConnectionError):
    """The device does not answer; closing and opening it again may help."""


class DepthSource(ABC):
    """A sensor or a recording; a context manager that yields frames.

    Example::

        with open_source('realsense') as source:
            for frame in source:
                print(frame.index, frame.depth_m.shape)

    Attributes:
        name (str): What messages call the source.
        fps (float, optional): Frames per second that it should deliver; None
            where nobody says.
        intrinsics (Camera, optional): None where they are not known. Known
            at the latest once the source is open.
        notes (Sequence[str]): What was found or guessed by itself, a sentence
            each; complete after the first frame.
        skipped (int): Frames that the source itself has left out.
        can_reopen (bool): Whether a lost source may come back when it is
            closed and opened again, as a device may.
    """

    name = 'source'
    fps: Optional[float] = None
    intrinsics: Optional[Camera] = None
    notes: Sequence[str] = ()
    skipped = 0
    can_reopen = True

    @abstractmethod
    def open(self) -> None:
        """Start delivering frames.

        Raises:
            ImportError: If the device's package is not installed; the message
                says what to install.
            DeviceLost: If there is no such device, or another program has it.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop; may be called more than once, and never raises."""

    @abstractmethod
    def read(self, timeout_s: float = 1.0) -> DepthFrame:
        """Wait for the next frame and return it.

        Args:
            timeout_s (float): Longest wait. Defaults to 1.

        Raises:
            NoFrame: If none came in time.
            SourceEnded: If there will be none any more.
            DeviceLost: If the device does not answer.
            ValueError: If this one frame cannot be used; the message names
                it. The next may be good.
        """

    def __enter__(self) -> 'DepthSource':
        self.open()
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __iter__(self) -> Iterator[DepthFrame]:
        """Frames until the source ends."""
        while True:
            try:
                yield self.read()
            except SourceEnded:
                return
