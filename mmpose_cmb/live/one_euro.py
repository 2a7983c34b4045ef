"""The one-euro filter: a low-pass whose cutoff rises with speed.

Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter
for Noisy Input in Interactive Systems", CHI 2012, Algorithm 1 and 2. At rest
it takes the noise away, in motion it follows.
"""

from typing import Optional

import numpy as np


def smoothing_factor(step_s: np.ndarray, cutoff_hz: np.ndarray) -> np.ndarray:
    """Weight of the new sample in a first-order low-pass, 0 to 1.

    alpha = 1 / (1 + tau / T) with tau = 1 / (2 pi cutoff), Algorithm 2.

    Args:
        step_s (np.ndarray): T, seconds since the last sample.
        cutoff_hz (np.ndarray): Frequency at which the power is halved.
    """
    turn = 2 * np.pi * np.asarray(cutoff_hz) * step_s
    return turn / (1 + turn)


class OneEuroFilter:
    """Smooths K points of D coordinates; points may be missing.

    A point's speed is the length of its D-dimensional derivative, so that the
    filter does not depend on the axes; with D = 1 it is the paper's.

    Args:
        min_cutoff_hz (float): Cutoff at rest: lower is smoother and later.
            Defaults to 1.0, as the paper's example.
        beta (float): Hz per unit of speed: higher follows fast motion more
            closely. Defaults to 0.
        speed_cutoff_hz (float): Cutoff for the derivative. Defaults to 1.0.
        forget_s (float): A point missing for longer starts anew. Defaults to
            0.5.

    Raises:
        ValueError: If a cutoff or ``forget_s`` is not positive, or ``beta``
            negative.
    """

    def __init__(
        self,
        min_cutoff_hz: float = 1.0,
        beta: float = 0.0,
        speed_cutoff_hz: float = 1.0,
        forget_s: float = 0.5,
    ) -> None:
        if min(min_cutoff_hz, speed_cutoff_hz, forget_s) <= 0 or beta < 0:
            raise ValueError(
                'cutoffs and forget_s must be positive and beta not negative, '
                f'got min_cutoff_hz={min_cutoff_hz}, beta={beta}, '
                f'speed_cutoff_hz={speed_cutoff_hz}, forget_s={forget_s}'
            )
        self.min_cutoff_hz = min_cutoff_hz
        self.beta = beta
        self.speed_cutoff_hz = speed_cutoff_hz
        self.forget_s = forget_s
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next sample is the first."""
        self._points: Optional[np.ndarray] = None
        self._speed = self._seen_s = None

    def __call__(
        self, points: np.ndarray, time_s: float, beta: Optional[float] = None
    ) -> np.ndarray:
        """Smooth the next sample.

        Args:
            points (np.ndarray): ``[K, D]``; rows that are not finite are
                missing, and stay so.
            time_s (float): When the sample was taken; must rise from call to
                call.
            beta (float, optional): Instead of the filter's, for this sample.

        Returns:
            np.ndarray: float64 [K, D].

        Raises:
            ValueError: If time does not rise, or the shape changes.
        """
        points = np.asarray(points, np.float64)
        beta = self.beta if beta is None else beta
        if self._points is None:
            self._points = np.full_like(points, np.nan)
            self._speed = np.zeros_like(points)
            self._seen_s = np.full(len(points), -np.inf)
        if points.shape != self._points.shape:
            raise ValueError(
                f'the filter began with {self._points.shape} numbers and now gets {points.shape}'
            )
        step_s = time_s - self._seen_s
        if not np.all(step_s > 0):
            raise ValueError(f'time must rise: {time_s} s comes after {self._seen_s.max()} s')
        present = np.isfinite(points).all(axis=-1)
        begins = present & ~(step_s <= self.forget_s)
        goes_on = present & ~begins
        self._points[begins], self._speed[begins] = points[begins], 0
        if goes_on.any():
            self._follow(goes_on, points[goes_on], step_s[goes_on], beta)
        self._seen_s[present] = time_s
        return np.where(present[:, None], self._points, np.nan)

    def _follow(
        self, rows: np.ndarray, points: np.ndarray, step_s: np.ndarray, beta: float
    ) -> None:
        """Algorithm 1 for the rows that have a past."""
        step_s = step_s[:, None]
        before = self._points[rows]
        speed = (points - before) / step_s
        alpha = smoothing_factor(step_s, self.speed_cutoff_hz)
        self._speed[rows] += alpha * (speed - self._speed[rows])
        cutoff_hz = self.min_cutoff_hz + beta * np.linalg.norm(
            self._speed[rows], axis=-1, keepdims=True
        )
        alpha = smoothing_factor(step_s, cutoff_hz)
        self._points[rows] = before + alpha * (points - before)
