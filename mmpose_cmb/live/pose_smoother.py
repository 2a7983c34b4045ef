"""Skeletons of successive frames, each person smoothed over time."""

from dataclasses import dataclass, replace
from typing import Dict, List, Sequence

import numpy as np

from ..pose.pose_distance import metres_per_pixel
from .one_euro import OneEuroFilter
from .tracked_person import TrackedPerson


@dataclass
class _Filters:
    """Of one person; whoever stays away for longer than theirs is dropped."""

    pixels: OneEuroFilter
    metres: OneEuroFilter
    seen_s: float


class PoseSmoother:
    """One-euro filters on keypoints and keypoints_cam of every person.

    Persons are known by their ids (:class:`PersonTracker`); joints that are
    missing for longer than half a second start anew.

    Args:
        min_cutoff_hz (float): Cutoff at rest; see :class:`OneEuroFilter`.
            Defaults to 1.
        beta (float): Hz per metre per second, in pixels as in space: the
            size of the box tells the scale. Defaults to 8.
        min_score (float): Joints with a lower score count as missing for the
            filter and are passed on as they are. Defaults to 0.
    """

    def __init__(
        self, min_cutoff_hz: float = 1.0, beta: float = 8.0, min_score: float = 0.0
    ) -> None:
        OneEuroFilter(min_cutoff_hz, beta)  # refuses what does not fit
        self.min_cutoff_hz = min_cutoff_hz
        self.beta = beta
        self.min_score = min_score
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._filters: Dict[int, _Filters] = {}
        self._time_s = -np.inf

    def __call__(self, people: Sequence[TrackedPerson], time_s: float) -> List[TrackedPerson]:
        """Smooth the persons of the next frame.

        Args:
            people (Sequence[TrackedPerson]): As they were found.
            time_s (float): When the frame was taken. Where it does not rise,
                as when a recording begins again, everybody is forgotten.

        Returns:
            List[TrackedPerson]: New ones in the same order.
        """
        if time_s <= self._time_s:
            self.reset()
        self._time_s = time_s
        self._filters = {
            id: filters
            for id, filters in self._filters.items()
            if time_s - filters.seen_s <= filters.pixels.forget_s
        }
        return [self._smooth(person, time_s) for person in people]

    def _smooth(self, person: TrackedPerson, time_s: float) -> TrackedPerson:
        filters = self._filters.setdefault(
            person.id,
            _Filters(
                OneEuroFilter(self.min_cutoff_hz, self.beta),
                OneEuroFilter(self.min_cutoff_hz, self.beta),
                time_s,
            ),
        )
        filters.seen_s = time_s
        seen = person.keypoint_scores >= self.min_score
        keypoints = _filtered(
            filters.pixels,
            person.keypoints,
            seen,
            time_s,
            self.beta * metres_per_pixel(person.bbox),
        )
        keypoints_cam = None
        if person.keypoints_cam is not None:
            keypoints_cam = _filtered(
                filters.metres, person.keypoints_cam, seen, time_s, self.beta
            )
        return replace(person, keypoints=keypoints, keypoints_cam=keypoints_cam)


def _filtered(
    low_pass: OneEuroFilter, points: np.ndarray, seen: np.ndarray, time_s: float, beta: float
) -> np.ndarray:
    """Smoothed where the filter has something to say, else as it came."""
    smooth = low_pass(np.where(seen[:, None], points, np.nan), time_s, beta)
    smooth = np.where(np.isfinite(smooth), smooth, points)
    return smooth.astype(points.dtype)
