"""A place for one frame: what comes later wins, what was not taken is lost."""

import threading
from typing import Generic, Optional, TypeVar

T = TypeVar('T')


class FrameSlot(Generic[T]):
    """Hands things from one thread to another without ever queueing.

    Attributes:
        dropped (int): Things replaced before anybody took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._thing: Optional[T] = None
        self._closed = False
        self._changed = threading.Condition()

    def put(self, thing: T) -> None:
        """Leave a thing, in the place of one that still lies there."""
        with self._changed:
            self.dropped += self._thing is not None
            self._thing = thing
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Optional[T]:
        """Take what lies there, or the next that comes.

        Args:
            timeout_s (float): Longest wait.

        Returns:
            The thing; None where none came in time, or the slot was closed
            and is empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._thing is not None or self._closed, timeout_s)
            thing, self._thing = self._thing, None
            return thing

    def close(self) -> None:
        """Nothing more will come: wakes who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
