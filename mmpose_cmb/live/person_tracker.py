"""Who is who in the next frame, and where to look for them."""

from itertools import count
from typing import List, Optional, Sequence, Tuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..depth.frame import PersonPose
from ..pose.pose_distance import pose_distance_m
from ..pose.same_person import each_once
from .box_of_joints import box_of_joints
from .track import Track
from .tracked_person import TrackedPerson

# Nobody jumps farther from where the last frames let one expect; whoever was
# out of sight may have changed speed meanwhile.
MAX_JUMP_M, MAX_JUMP_M_PER_S = 0.5, 1.0
# Frames between two searches while somebody is missing.
MISSING_FRAMES = 5
_IMPOSSIBLE = 1e6


class PersonTracker:
    """Gives everybody an id, and says in which boxes to look next.

    Persons are known again by their joints, in metres where these are known
    and else in pixels at the scale of their boxes, wherever the speed of the
    last frames takes them. The joints of the whole frame are assigned at once
    (the least sum of distances), so that two people who cross keep their ids.
    Who is not seen for ``forget_s`` is new when back.

    It takes less to stay than to appear: whom a search misses is looked for
    around the joints of the last frame, and stays as long as these are to be
    seen there, for ``forget_s`` without a search that finds the person.

    Example::

        boxes, stay = tracker.boxes(image_size), []
        if boxes is not None:
            people, = estimator.estimate([frame], [boxes])
        if boxes is None or not tracker.confirms(people):
            boxes = None
            people, = estimator.estimate([frame])
            missed = tracker.missed(people, time_s, image_size)
            if missed is not None:
                stay, = estimator.estimate([frame], [missed])
        people = tracker.update(people, time_s, searched=boxes is None, stay=stay)

    Args:
        padding (float): Of the next boxes, see :func:`box_of_joints`.
            Defaults to 0.1.
        min_score_ratio (float): Part of a person's mean score after the last
            full search below which the frame is searched. Defaults to 0.85.
        min_score (float): Mean score below which it is searched in any case;
            who was found with less is as good as missing. Defaults to 0.3.
        max_frames (int): Frames in a row without a full search, so that an
            error does not stay for good and who comes is seen; 0 searches
            every frame. Defaults to 60.
        forget_s (float): How long somebody may be out of sight, or only be
            seen where nobody has been found. Defaults to 1.
        stay_score (float): Mean score of the joints from which somebody stays
            whom a search has missed. Defaults to 0.15: of synthetic people
            99 % have more.

    Raises:
        ValueError: If a number is out of its range.
    """

    def __init__(
        self,
        padding: float = 0.1,
        min_score_ratio: float = 0.85,
        min_score: float = 0.3,
        max_frames: int = 60,
        forget_s: float = 1.0,
        stay_score: float = 0.15,
    ) -> None:
        if min(padding, max_frames, forget_s) < 0 or not 0 <= min_score_ratio <= 1:
            raise ValueError(
                'padding, max_frames and forget_s must not be negative and '
                f'min_score_ratio lie between 0 and 1, got {padding}, '
                f'{max_frames}, {forget_s} and {min_score_ratio}'
            )
        self.padding = padding
        self.min_score_ratio = min_score_ratio
        self.min_score = min_score
        self.max_frames = max_frames
        self.forget_s = forget_s
        self.stay_score = stay_score
        self._ids = count(1)
        self.reset()

    def reset(self) -> None:
        """Forget everybody; ids go on."""
        self._tracks: List[Track] = []
        self._seen: Sequence[PersonPose] = ()
        self._seen_tracks: Sequence[Track] = ()
        self._lowest: List[float] = []
        self._time_s = -np.inf
        self._frames = 0

    def boxes(self, image_size: Tuple[int, int]) -> Optional[np.ndarray]:
        """Boxes [N, 4] to look into; None = look everywhere.

        Args:
            image_size (Tuple[int, int]): Width and height of the frame.
        """
        scores = [_mean_score(person) for person in self._seen]
        all_there = (
            len(scores) == len(self._tracks)
            and min(scores, default=0) >= self.min_score
            and all(track.missed_s is None for track in self._tracks)
        )
        if (
            self._frames >= self.max_frames
            or not all_there
            and self._frames >= MISSING_FRAMES
            or max(scores, default=0) < self.min_score
        ):
            return None
        # Around the joints as they were found: padding holds the motion.
        found = [
            (box_of_joints(person.keypoints, image_size, self.padding), track.lowest_score)
            for person, track in zip(self._seen, self._seen_tracks)
        ]
        boxes = [box for box, _ in found if box is not None]
        self._lowest = [lowest for box, lowest in found if box is not None]
        return np.stack(boxes) if boxes else None

    def confirms(self, people: Sequence[PersonPose]) -> bool:
        """Whether the persons found in :meth:`boxes` are believed, every one.

        Args:
            people (Sequence[PersonPose]): Of the frame for which the boxes
                were, in their order.
        """
        return len(people) == len(self._lowest) and all(
            _mean_score(person) >= lowest for person, lowest in zip(people, self._lowest)
        )

    def missed(
        self, people: Sequence[PersonPose], time_s: float, image_size: Tuple[int, int]
    ) -> Optional[np.ndarray]:
        """Boxes [N, 4] of those whom a search has missed; None = nobody.

        Args:
            people (Sequence[PersonPose]): Found by the search.
            time_s (float): When the frame was taken.
            image_size (Tuple[int, int]): Width and height of the frame.
        """
        if time_s <= self._time_s:
            return None
        found = assign(self._tracks, people, time_s)
        boxes = []
        for track in self._tracks:
            if any(track is other for other in found):
                track.missed_s = None
                continue
            if track.missed_s is None:
                track.missed_s = time_s
            if time_s - min(track.missed_s, track.seen_s) <= self.forget_s:
                boxes.append(box_of_joints(track.pose.keypoints, image_size, self.padding))
        inside = [box for box in boxes if box is not None]
        return np.stack(inside) if inside else None

    def update(
        self,
        people: Sequence[PersonPose],
        time_s: float,
        searched: bool,
        stay: Sequence[PersonPose] = (),
    ) -> List[TrackedPerson]:
        """Recognise the persons of the next frame.

        Args:
            people (Sequence[PersonPose]): Found in the frame; the joints as
                the network gave them, not smoothed, which would be late.
            time_s (float): When the frame was taken. Where it does not rise,
                as when a recording begins again, everybody is forgotten.
            searched (bool): Whether they were looked for everywhere.
            stay (Sequence[PersonPose]): Found in the boxes of :meth:`missed`.

        Returns:
            List[TrackedPerson]: In the same order, each person once: who was
            found in two boxes is left out of one. Then those who stay.
        """
        if time_s <= self._time_s:
            self.reset()
        self._time_s = time_s
        self._tracks = [track for track in self._tracks if time_s - track.seen_s <= self.forget_s]
        self._frames = 0 if searched else self._frames + 1
        known = self._recognise(people, stay, time_s)
        self._seen = [person for person, _ in known]
        self._seen_tracks = [track for _, track in known]
        if searched:
            for person, track in known:
                track.lowest_score = self._lowest_score(_mean_score(person))
        return [TrackedPerson.from_pose(person, track.id) for person, track in known]

    def _recognise(
        self, people: Sequence[PersonPose], stay: Sequence[PersonPose], time_s: float
    ) -> List[Tuple[PersonPose, Track]]:
        """The persons that are seen, and their tracks, which follow them.

        Who only stays is somebody whom a track expects there.
        """
        staying = [person for person in stay if _mean_score(person) >= self.stay_score]
        everybody = [*people, *staying]
        once = each_once(everybody, [_mean_score(person) for person in everybody])
        known = []
        for person, track in zip(once, assign(self._tracks, once, time_s)):
            if track is not None:
                track.follow(person, time_s)
            elif any(person is other for other in staying):
                continue
            else:
                track = Track(next(self._ids), person, time_s)
                self._tracks.append(track)
            known.append((person, track))
        return known

    def _lowest_score(self, score: float) -> float:
        """Below which somebody is lost who was found with a score."""
        ratio = self.min_score_ratio * score
        return ratio if score < self.min_score else max(ratio, self.min_score)


def assign(
    tracks: Sequence[Track], people: Sequence[PersonPose], time_s: float
) -> List[Optional[Track]]:
    """The track of each person, by the least sum of distances.

    Args:
        tracks (Sequence[Track]): Of the frames before.
        people (Sequence[PersonPose]): N persons.
        time_s (float): When they were seen.

    Returns:
        List[Track, optional]: Of length N; None for somebody new.
    """
    cost = np.full((len(people), len(tracks)), _IMPOSSIBLE)
    for column, track in enumerate(tracks):
        expected = track.predict(time_s)
        limit_m = MAX_JUMP_M + MAX_JUMP_M_PER_S * (time_s - track.seen_s)
        for row, person in enumerate(people):
            distance_m = pose_distance_m(expected, person)
            if distance_m <= limit_m:
                cost[row, column] = distance_m
    found: List[Optional[Track]] = [None] * len(people)
    for row, column in zip(*linear_sum_assignment(cost)):
        if cost[row, column] < _IMPOSSIBLE:
            found[row] = tracks[column]
    return found


def _mean_score(person: PersonPose) -> float:
    return float(np.mean(person.keypoint_scores))
