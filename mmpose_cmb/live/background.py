"""Work that must not make the loop wait, in a thread of its own."""

import threading
from collections import deque
from typing import Callable, Deque, Generic, Optional, TypeVar

T = TypeVar('T')


class Background(Generic[T]):
    """Does one thing after the other, and drops what is too much.

    Giving never waits: while ``length`` things lie there, a new one is
    dropped and counted. Whatever the work raises ends it for good and stands
    in ``trouble``.

    Args:
        work (Callable): Gets each thing.
        length (int): Things that may wait.
        name (str): What messages call the work, such as "the video".

    Attributes:
        dropped (int): Things that nobody worked on.
        trouble (str, optional): Why the work has ended, one sentence.
    """

    def __init__(self, work: Callable[[T], None], length: int, name: str) -> None:
        self.name = name
        self.dropped = 0
        self.trouble: Optional[str] = None
        self._work = work
        self._length = length
        self._things: Deque[T] = deque()
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, thing: T) -> None:
        """Give a thing, or drop it; does not wait."""
        with self._changed:
            if len(self._things) >= self._length or self._closed or self.trouble is not None:
                self.dropped += 1
                return
            self._things.append(thing)
            self._changed.notify_all()

    def close(self, timeout_s: float = 5.0) -> None:
        """Work on what lies there, then end.

        Args:
            timeout_s (float): What is not done by then is dropped. Defaults
                to 5.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        with self._changed:
            self.dropped += len(self._things)
            self._things.clear()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._things or self._closed)
                if not self._things:
                    return
                thing = self._things.popleft()
            try:
                self._work(thing)
            except Exception as error:
                # Of any kind: the loop and other outputs go on.
                kind = '' if isinstance(error, OSError) else (f'{type(error).__name__}: ')
                with self._changed:
                    self.trouble = f'{self.name} has stopped: {kind}{error}'
                    self.dropped += 1 + len(self._things)
                    self._things.clear()
                return
