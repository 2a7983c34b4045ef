"""The person's box in the next frame, from the joints in the last one."""
from typing import Optional, Sequence, Tuple

import numpy as np

from ..depth.frame import PersonPose

MIN_SIDE_PX = 8


def box_of_joints(keypoints_px: np.ndarray,
                  image_size: Tuple[int, int],
                  padding: float = 0.1) -> Optional[np.ndarray]:
    """The joints' extent, widened and kept within the image.

    Args:
        keypoints_px (np.ndarray): ``[K, 2]``, pixels of the frame; rows that
            are not finite are left out.
        image_size (Tuple[int, int]): Width and height of the frame, pixels.
        padding (float): Added on all four sides, part of the extent's longer
            side. Joints lie inside the body, and the body moves on. Defaults
            to 0.1.

    Returns:
        np.ndarray, optional: x1, y1, x2, y2, pixels, float32; None where too
        little of it lies within the image.
    """
    points = keypoints_px[np.isfinite(keypoints_px).all(axis=-1)]
    if not len(points):
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    margin = padding * (high - low).max()
    limit = np.array(image_size) - 1
    low = np.clip(low - margin, 0, limit)
    high = np.clip(high + margin, 0, limit)
    if (high - low).min() < MIN_SIDE_PX:
        return None
    return np.concatenate([low, high]).astype(np.float32)


class BoxTracker:
    """Says where to look: in the boxes of the last joints, or everywhere.

    Example::

        boxes = tracker.boxes(image_size)
        people, = estimator.estimate([frame], [boxes])
        if boxes is not None and not tracker.confirms(people):
            boxes = None
            people, = estimator.estimate([frame])
        tracker.update(people, searched=boxes is None)

    Args:
        padding (float): See :func:`box_of_joints`. Defaults to 0.1.
        min_score_ratio (float): Part of the mean score after the last full
            search below which the person counts as lost. Defaults to 0.85.
        min_score (float): Mean score below which the next frame is searched
            in any case. Defaults to 0.3.
        max_frames (int): Frames in a row without a full search, so that an
            error does not stay for good. Defaults to 60.

    Raises:
        ValueError: If a number is out of its range.
    """

    def __init__(self,
                 padding: float = 0.1,
                 min_score_ratio: float = 0.85,
                 min_score: float = 0.3,
                 max_frames: int = 60) -> None:
        if padding < 0 or not 0 <= min_score_ratio <= 1 or max_frames < 0:
            raise ValueError('padding and max_frames must not be negative and '
                             'min_score_ratio lie between 0 and 1, got '
                             f'{padding}, {max_frames} and {min_score_ratio}')
        self.padding = padding
        self.min_score_ratio = min_score_ratio
        self.min_score = min_score
        self.max_frames = max_frames
        self.reset()

    def reset(self) -> None:
        """Look everywhere next time."""
        self._people: Sequence[PersonPose] = ()
        self._lowest = self.min_score
        self._frames = 0

    def boxes(self, image_size: Tuple[int, int]) -> Optional[np.ndarray]:
        """Boxes [N, 4] to look into; None = look everywhere.

        Args:
            image_size (Tuple[int, int]): Width and height of the frame.
        """
        if self._frames >= self.max_frames or not self.confirms(self._people):
            return None
        found = [
            box_of_joints(person.keypoints, image_size, self.padding)
            for person in self._people
        ]
        found = [box for box in found if box is not None]
        return np.stack(found) if found else None

    def confirms(self, people: Sequence[PersonPose]) -> bool:
        """Whether the persons found in :meth:`boxes` are believed.

        Args:
            people (Sequence[PersonPose]): Of the frame for which the boxes
                were.
        """
        return bool(people) and _mean_score(people) >= self._lowest

    def update(self, people: Sequence[PersonPose], searched: bool) -> None:
        """Remember a frame's result.

        Args:
            people (Sequence[PersonPose]): Found in the frame; the joints as
                the network gave them, not smoothed, which would be late.
            searched (bool): Whether they were looked for everywhere.
        """
        self._people = tuple(people)
        self._frames = 0 if searched else self._frames + 1
        if searched and people:
            self._lowest = max(self.min_score_ratio * _mean_score(people),
                               self.min_score)


def _mean_score(people: Sequence[PersonPose]) -> float:
    return float(np.mean([person.keypoint_scores for person in people]))
