"""Frames per second and time from capture to result, over the last frames."""

from collections import deque
from typing import Deque, NamedTuple, Tuple

import numpy as np


class Latency(NamedTuple):
    """What was measured; NaN where there is nothing to say.

    Attributes:
        fps (float): Results per second.
        median_ms (float): Middle time from capture to result.
        p95_ms (float): 95 % of the frames took no longer.
    """

    fps: float
    median_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return f'{self.fps:.1f} fps, {self.median_ms:.0f} ms (95 %: {self.p95_ms:.0f} ms)'


class LatencyMeter:
    """Keeps the last frames' times.

    Args:
        length (int): Frames. Defaults to 100.
    """

    def __init__(self, length: int = 100) -> None:
        self._times: Deque[Tuple[float, float]] = deque(maxlen=length)

    def add(self, captured_s: float, done_s: float) -> None:
        """Note a frame: when it came and when its result was there."""
        self._times.append((captured_s, done_s))

    def read(self) -> Latency:
        """Of the frames that are kept."""
        if not self._times:
            return Latency(*[float('nan')] * 3)
        captured_s, done_s = np.array(self._times).T
        median_s, p95_s = np.percentile(done_s - captured_s, (50, 95))
        took_s = done_s[-1] - done_s[0]
        fps = (len(done_s) - 1) / took_s if took_s > 0 else float('nan')
        return Latency(fps, median_s * 1000, p95_s * 1000)
