"""Skeletons of successive frames, each person smoothed over time."""
from dataclasses import replace
from typing import List, NamedTuple, Optional, Sequence

import numpy as np

from ..depth.frame import PersonPose
from .one_euro import OneEuroFilter

# Long side of a person's box: turns pixels per second into metres per second,
# so that one beta serves pixels and metres, near and far.
LONG_SIDE_M = 1.7
# Boxes of one person overlap at least this much from frame to frame.
MIN_OVERLAP = 0.3


class _Track(NamedTuple):
    """A person's filters and where the box was last."""
    bbox: np.ndarray
    pixels: OneEuroFilter
    metres: OneEuroFilter


class PoseSmoother:
    """One-euro filters on keypoints and keypoints_cam of every person.

    A person is known again by the overlap of the boxes; who is not seen in a
    frame starts anew when back.

    Args:
        min_cutoff_hz (float): Cutoff at rest; see :class:`OneEuroFilter`.
            Defaults to 1.
        beta (float): Hz per metre per second. Defaults to 8.
        min_score (float): Joints with a lower score count as missing for the
            filter and are passed on as they are. Defaults to 0.
    """

    def __init__(self,
                 min_cutoff_hz: float = 1.,
                 beta: float = 8.,
                 min_score: float = 0.) -> None:
        OneEuroFilter(min_cutoff_hz, beta)  # refuses what does not fit
        self.min_cutoff_hz = min_cutoff_hz
        self.beta = beta
        self.min_score = min_score
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._tracks: List[_Track] = []
        self._time_s = -np.inf

    def __call__(self, people: Sequence[PersonPose],
                 time_s: float) -> List[PersonPose]:
        """Smooth the persons of the next frame.

        Args:
            people (Sequence[PersonPose]): As they were found.
            time_s (float): When the frame was taken. Where it does not rise,
                as when a recording begins again, everybody is forgotten.

        Returns:
            List[PersonPose]: New ones in the same order.
        """
        if time_s <= self._time_s:
            self.reset()
        self._time_s = time_s
        left, tracks, smoothed = list(self._tracks), [], []
        for person in people:
            track = _most_overlapping(person.bbox, left)
            if track is None:
                track = self._new_track(person)
            else:
                left = [other for other in left if other is not track]
            tracks.append(track._replace(bbox=person.bbox))
            smoothed.append(self._smooth(person, track, time_s))
        self._tracks = tracks
        return smoothed

    def _new_track(self, person: PersonPose) -> _Track:
        return _Track(person.bbox, OneEuroFilter(self.min_cutoff_hz,
                                                 self.beta),
                      OneEuroFilter(self.min_cutoff_hz, self.beta))

    def _smooth(self, person: PersonPose, track: _Track,
                time_s: float) -> PersonPose:
        seen = person.keypoint_scores >= self.min_score
        long_side_px = max(person.bbox[2:] - person.bbox[:2])
        keypoints = _filtered(track.pixels, person.keypoints, seen, time_s,
                              self.beta * LONG_SIDE_M / max(long_side_px, 1))
        keypoints_cam = None
        if person.keypoints_cam is not None:
            keypoints_cam = _filtered(track.metres, person.keypoints_cam, seen,
                                      time_s, self.beta)
        return replace(
            person, keypoints=keypoints, keypoints_cam=keypoints_cam)


def _filtered(low_pass: OneEuroFilter, points: np.ndarray, seen: np.ndarray,
              time_s: float, beta: float) -> np.ndarray:
    """Smoothed where the filter has something to say, else as it came."""
    smooth = low_pass(np.where(seen[:, None], points, np.nan), time_s, beta)
    smooth = np.where(np.isfinite(smooth), smooth, points)
    return smooth.astype(points.dtype)


def box_overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two boxes x1, y1, x2, y2."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = np.prod(np.maximum(high - low, 0))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common
    return float(common / union) if union > 0 else 0.


def _most_overlapping(bbox: np.ndarray,
                      tracks: Sequence[_Track]) -> Optional[_Track]:
    overlaps = [box_overlap(bbox, track.bbox) for track in tracks]
    if not overlaps or max(overlaps) < MIN_OVERLAP:
        return None
    return tracks[int(np.argmax(overlaps))]
