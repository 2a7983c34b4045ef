"""Whether two skeletons of one frame are one person, who was found twice.

Boxes do not tell: one around a person's arms overlaps that of the whole person
little, and two people behind each other share most of theirs. Joints do.

Legend: K joints.
"""

from typing import List, Sequence

import numpy as np

from ..depth.frame import PersonPose
from .pose_distance import joint_distances_m

# Within the reach of what a network errs by, and far from how near two people's
# joints of one name are: of the 47 pairs of skeletons that are more alike in 1,400
# synthetic rooms two at most are two people.
NEAR_M, ALIKE = 0.12, 0.6


def likeness(a: PersonPose, b: PersonPose, near_m: float = NEAR_M) -> float:
    """How much two skeletons coincide, 0 to 1.

    COCO's similarity of keypoints (OKS, as MMPose's ``oks_nms`` has it) in
    metres: the mean of ``exp(-d^2 / (2 near_m^2))`` over the joints, each with
    the lower of its two scores as its weight, since a joint that is hidden from
    one of them says nothing.

    Args:
        a (PersonPose): One skeleton of K joints.
        b (PersonPose): The other, of the same joints.
        near_m (float): Metres. Defaults to 0.12.

    Returns:
        float: 0 where no joint is known of both.

    Example:
        >>> a = PersonPose(np.float32([[0, 0], [0, 85]]), np.ones(2), np.array([0, 0, 20, 85]))
        >>> likeness(a, a)
        1.0
    """
    distances_m = joint_distances_m(a, b)
    weights = np.minimum(a.keypoint_scores, b.keypoint_scores).clip(0)
    weights = np.where(np.isfinite(distances_m), weights, 0)
    if not weights.any():
        return 0.0
    near = np.exp(-0.5 * (np.where(weights > 0, distances_m, 0) / near_m) ** 2)
    return float((weights * near).sum() / weights.sum())


def each_once(people: Sequence[PersonPose], sure: Sequence[float]) -> List[PersonPose]:
    """Without the less sure one of two skeletons in the same place.

    Args:
        people (Sequence[PersonPose]): N persons of one frame.
        sure (Sequence[float]): ``[N]``, how sure each of them is.

    Returns:
        List[PersonPose]: In their order.
    """
    kept: List[int] = []
    for i in np.argsort(-np.asarray(sure, float), kind='stable').tolist():
        if all(likeness(people[i], people[j]) <= ALIKE for j in kept):
            kept.append(i)
    return [people[i] for i in sorted(kept)]
