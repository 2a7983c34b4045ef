"""Who is a person: what the joints say of the boxes that a network found.

A finder sees a whole frame at a low resolution, the network for joints each box
at its own, and somebody who is hardly a person to the one may well be to the
other. So the finder proposes more boxes than it would stand for, and the joints
have their say: a person's score is the geometric mean of the box's and of the
mean of the joints', in the way of COCO's keypoint evaluation, where the product
of the two ranks people.
"""

from dataclasses import replace
from typing import Any, List, Optional, Sequence, Tuple

import numpy as np

from ..depth.frame import DepthFrame, PersonPose
from .detector_spec import DetectorSpec
from .model_spec import ModelSpec

# Of the least score of a person; chosen on synthetic rooms, where lower ones bring
# next to nobody more (projects/zoo/detector_score.py --body).
PROPOSED_PART = 0.5


def person_score(bbox_score: float, keypoint_scores: np.ndarray) -> float:
    """How sure it is that somebody is there, 0 to 1.

    Args:
        bbox_score (float): The finder's.
        keypoint_scores (np.ndarray): ``[K]``, probabilities.

    Example:
        >>> person_score(0.25, np.array([1.0, 0.5, 0.0]))
        0.3535...
    """
    return float(np.sqrt(max(bbox_score, 0) * max(float(np.mean(keypoint_scores)), 0)))


class SecondLook:
    """A finder whose people are chosen by their joints.

    Args:
        finder: A ``PersonFinder``: ``finder(frame, least_score)``.
        least_score (float): Of a person. The finder proposes boxes from half
            of it on.
    """

    def __init__(self, finder: Any, least_score: float) -> None:
        self._finder = finder
        self.least_score = least_score

    def propose(self, frame: DepthFrame) -> Tuple[np.ndarray, np.ndarray]:
        """Boxes ``[N, 4]`` in which somebody may be, and their scores ``[N]``."""
        return self._finder(frame, PROPOSED_PART * self.least_score)

    def choose(self, people: Sequence[PersonPose]) -> List[PersonPose]:
        """Who of those proposed is a person, best first, with the score of one.

        Args:
            people (Sequence[PersonPose]): With the finder's scores.
        """
        scored = [
            replace(person, bbox_score=person_score(person.bbox_score, person.keypoint_scores))
            for person in people
        ]
        scored.sort(key=lambda person: -person.bbox_score)
        return [person for person in scored if person.bbox_score >= self.least_score]


def second_look(spec: ModelSpec, finder: Any) -> Optional[SecondLook]:
    """The second look that a model and a finder allow.

    Args:
        spec (ModelSpec): Of the network for joints.
        finder (Finder, optional): Who finds people.

    Returns:
        SecondLook, optional: ``None`` where the joints' scores are no
        probabilities, or the finder's file does not ask for it.
    """
    of_finder = getattr(finder, 'spec', None)
    if not spec.calibrated or not isinstance(of_finder, DetectorSpec):
        return None
    return SecondLook(finder, of_finder.least_score) if of_finder.joints_decide else None
