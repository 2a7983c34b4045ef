"""Share of joints closer than a distance in space: the 10 cm rule.

Legend: N frames, K joints, T thresholds, (x, y, z) in metres of the camera
frame. All shares are in PERCENT.

A joint is right when ``distance < threshold``, strictly, as Haque et al.,
"Towards Viewpoint Invariant 3D Human Pose Estimation", ECCV 2016, who brought
up ITOP, and those who followed them count; PDJ's boundary belongs to "right",
this one does not.

* A joint without a label counts neither as right nor as wrong.
* A labelled joint whose prediction is not finite is wrong.
* A frame without any label is counted in ``num_excluded``.
"""

from typing import Optional, Sequence

import numpy as np

from .distances import space_distances
from .joint_accuracy import JointAccuracy, percent_of_labels


def distance_accuracy(
    distances_m: np.ndarray, thresholds_m: Sequence[float] = (0.1,)
) -> JointAccuracy:
    """Percent of distances below thresholds.

    Args:
        distances_m (np.ndarray): Distances in metres, shape [N, K]: NaN = no
            label, infinity = no prediction (:func:`space_distances`).
        thresholds_m (Sequence[float]): T distances in metres. Defaults to
            (0.1, ).

    Returns:
        JointAccuracy: Percent per threshold and joint, and what was counted.

    Example:
        >>> distances = np.array([[0.02, 0.1], [0.09, np.nan]])
        >>> distance_accuracy(distances, (0.05, 0.1)).percent
        array([[ 50.,   0.],
               [100.,   0.]])
    """
    distances_m = np.asarray(distances_m, dtype=np.float64)
    labelled = ~np.isnan(distances_m)
    num_labels = labelled.sum(axis=0)
    limits = np.asarray(thresholds_m, dtype=np.float64)[:, None, None]
    hits = (distances_m < limits).sum(axis=1)
    num_frames = int(labelled.any(axis=1).sum())
    return JointAccuracy(
        percent_of_labels(hits, num_labels), num_labels, num_frames, len(distances_m) - num_frames
    )


def joint_distance_accuracy(
    pred_m: np.ndarray,
    gt_m: np.ndarray,
    *,
    thresholds_m: Sequence[float] = (0.1,),
    valid: Optional[np.ndarray] = None,
) -> JointAccuracy:
    """The 10 cm rule: percent of joints closer than 0.1 m to their label.

    Args:
        pred_m (np.ndarray): Predictions in metres, shape [N, K, 3].
        gt_m (np.ndarray): Ground truth in metres, shape [N, K, 3].
        thresholds_m (Sequence[float]): T distances in metres. Defaults to
            (0.1, ).
        valid (np.ndarray, optional): Labelled or not, shape [N, K].
            Defaults to None: all are.

    Returns:
        JointAccuracy: Percent per threshold and joint.
    """
    return distance_accuracy(space_distances(pred_m, gt_m, valid), thresholds_m)
