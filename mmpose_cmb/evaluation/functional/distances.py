"""Distances between keypoints, and the lengths of body segments.

Legend: N frames, K joints, D coordinates: 2, (x, y) in pixels, or 3,
(x, y, z) in metres of the camera frame. Everything is computed in float64;
no input is changed.
"""

from typing import Optional, Sequence, Tuple

import numpy as np

# The two ends of a segment; each is the mean of one or more joint ids.
SegmentEnds = Tuple[Sequence[int], Sequence[int]]


def labelled_joints(gt: np.ndarray, valid: Optional[np.ndarray] = None) -> np.ndarray:
    """Which joints carry a label that can be compared with.

    Args:
        gt (np.ndarray): Ground truth, shape [N, K, D].
        valid (np.ndarray, optional): Labelled or not (visibility), shape
            [N, K], nonzero = labelled. Defaults to None: all are.

    Returns:
        np.ndarray: bool [N, K]; False also where a coordinate is not finite.
    """
    labelled = np.isfinite(gt).all(axis=-1)
    if valid is not None:
        valid = np.asarray(valid)
        if valid.shape != labelled.shape:
            raise ValueError(
                f'valid must have the shape [N, K] = {labelled.shape}, got {valid.shape}'
            )
        labelled &= valid.astype(bool)
    return labelled


def keypoint_distances(
    pred: np.ndarray, gt: np.ndarray, valid: Optional[np.ndarray] = None
) -> np.ndarray:
    """Euclidean distance between predicted and true joints, in their unit.

    Args:
        pred (np.ndarray): Predictions, shape [N, K, D].
        gt (np.ndarray): Ground truth, shape [N, K, D].
        valid (np.ndarray, optional): See :func:`labelled_joints`.

    Returns:
        np.ndarray: float64 [N, K]. NaN where the joint has no label (it does
        not count), infinity where the label is there and the prediction is
        not finite (it counts as missed).

    Raises:
        ValueError: If the shapes do not agree.
    """
    pred = _as_keypoints(pred, 'pred')
    gt = _as_keypoints(gt, 'gt')
    if pred.shape != gt.shape:
        raise ValueError(f'pred and gt must have the same shape, got {pred.shape} and {gt.shape}')
    labelled = labelled_joints(gt, valid)
    predicted = np.isfinite(pred).all(axis=-1)

    both = labelled & predicted
    distances = np.where(labelled, np.inf, np.nan)
    distances[both] = np.linalg.norm(pred[both] - gt[both], axis=-1)
    return distances


def space_distances(
    pred_m: np.ndarray, gt_m: np.ndarray, valid: Optional[np.ndarray] = None
) -> np.ndarray:
    """:func:`keypoint_distances` of joints in space, in metres.

    Args:
        pred_m (np.ndarray): Predictions in metres, shape [N, K, 3].
        gt_m (np.ndarray): Ground truth in metres, shape [N, K, 3].
        valid (np.ndarray, optional): See :func:`labelled_joints`.

    Returns:
        np.ndarray: float64 [N, K], metres; NaN and infinity likewise.

    Raises:
        ValueError: If the joints are pixels, or the shapes do not agree.
    """
    for name, joints in (('pred_m', pred_m), ('gt_m', gt_m)):
        if np.ndim(joints) != 3 or np.shape(joints)[-1] != 3:
            raise ValueError(f'{name} must have the shape [N, K, 3], got {np.shape(joints)}')
    return keypoint_distances(pred_m, gt_m, valid)


def segment_lengths(
    keypoints: np.ndarray, ends: SegmentEnds, valid: Optional[np.ndarray] = None
) -> np.ndarray:
    """Length of one body segment (torso, head) in every frame, in its unit.

    Args:
        keypoints (np.ndarray): Joints, shape [N, K, D].
        ends (tuple): The joint ids of either end; where an end has several,
            it is their mean position: ``((1, ), (9, 12))`` runs from joint 1
            to the middle of joints 9 and 12.
        valid (np.ndarray, optional): See :func:`labelled_joints`.

    Returns:
        np.ndarray: float64 [N]; NaN where a joint of the segment has no
        label.
    """
    keypoints = _as_keypoints(keypoints, 'keypoints')
    labelled = labelled_joints(keypoints, valid)
    start, stop = (list(end) for end in ends)
    vectors = keypoints[:, start].mean(axis=1) - keypoints[:, stop].mean(axis=1)
    lengths = np.linalg.norm(vectors, axis=-1)
    return np.where(labelled[:, start + stop].all(axis=1), lengths, np.nan)


def _as_keypoints(keypoints: np.ndarray, name: str) -> np.ndarray:
    keypoints = np.asarray(keypoints, dtype=np.float64)
    if keypoints.ndim != 3 or keypoints.shape[-1] not in (2, 3):
        raise ValueError(
            f'{name} must have the shape [N, K, 2] or [N, K, 3], got {keypoints.shape}'
        )
    return keypoints
