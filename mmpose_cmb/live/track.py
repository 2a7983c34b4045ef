"""What is remembered of a person between two frames."""

from dataclasses import replace
from typing import Optional

import numpy as np

from ..depth.frame import PersonPose
from .one_euro import smoothing_factor

# Low-pass of the speed: noise of single frames shall not throw a person far.
SPEED_CUTOFF_HZ = 2.0


class Track:
    """A person's last joints, and how fast the person goes.

    Args:
        id (int): The person's.
        pose (PersonPose): As it was found first.
        time_s (float): When.

    Attributes:
        seen_s (float): When the person was seen last.
        lowest_score (float): Mean score below which the person is lost.
            Defaults to 0.
        missed_s (float, optional): When the first of the searches was that
            have missed the person; None where the last one has not.
    """

    def __init__(self, id: int, pose: PersonPose, time_s: float) -> None:
        self.id = id
        self.pose = pose
        self.seen_s = time_s
        self.lowest_score = 0.0
        self.missed_s: Optional[float] = None
        self._speed_px = np.zeros(2)
        self._speed_m = np.zeros(3)

    def predict(self, time_s: float) -> PersonPose:
        """Where the person is at a time, at the last speed.

        Args:
            time_s (float): Not before the person was seen.
        """
        step_s = time_s - self.seen_s
        in_space = self.pose.keypoints_cam
        return replace(
            self.pose,
            keypoints=self.pose.keypoints + step_s * self._speed_px,
            keypoints_cam=None if in_space is None else in_space + step_s * self._speed_m,
        )

    def follow(self, pose: PersonPose, time_s: float) -> None:
        """Take what was found as the person's next pose."""
        step_s = time_s - self.seen_s
        share = float(smoothing_factor(step_s, SPEED_CUTOFF_HZ))
        self._speed_px = _followed(
            self._speed_px, self.pose.keypoints, pose.keypoints, step_s, share
        )
        if self.pose.keypoints_cam is not None and pose.keypoints_cam is not None:
            self._speed_m = _followed(
                self._speed_m, self.pose.keypoints_cam, pose.keypoints_cam, step_s, share
            )
        self.pose, self.seen_s = pose, time_s


def _followed(
    speed: np.ndarray, before: np.ndarray, after: np.ndarray, step_s: float, share: float
) -> np.ndarray:
    """The speed, a share nearer to that of the middle joint."""
    steps = after - before
    steps = steps[np.isfinite(steps).all(axis=-1)]
    if not len(steps):
        return speed
    return speed + share * (np.median(steps, axis=0) / step_s - speed)
