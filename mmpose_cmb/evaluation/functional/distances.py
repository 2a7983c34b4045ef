"""Pixel distances between keypoints, and the lengths of body segments.

Legend: N frames, K joints, (x, y) in pixels. Everything is computed in
float64; no input is changed.
"""
from typing import Optional, Sequence, Tuple

import numpy as np

# The two ends of a segment; each is the mean of one or more joint ids.
SegmentEnds = Tuple[Sequence[int], Sequence[int]]


def labelled_joints(gt_px: np.ndarray,
                    valid: Optional[np.ndarray] = None) -> np.ndarray:
    """Which joints carry a label that can be compared with.

    Args:
        gt_px (np.ndarray): Ground truth in pixels, shape [N, K, 2].
        valid (np.ndarray, optional): Labelled or not (visibility), shape
            [N, K], nonzero = labelled. Defaults to None: all are.

    Returns:
        np.ndarray: bool [N, K]; False also where a coordinate is not finite.
    """
    labelled = np.isfinite(gt_px).all(axis=-1)
    if valid is not None:
        valid = np.asarray(valid)
        if valid.shape != labelled.shape:
            raise ValueError(f'valid must have the shape [N, K] = '
                             f'{labelled.shape}, got {valid.shape}')
        labelled &= valid.astype(bool)
    return labelled


def keypoint_distances(pred_px: np.ndarray,
                       gt_px: np.ndarray,
                       valid: Optional[np.ndarray] = None) -> np.ndarray:
    """Euclidean distance between predicted and true joints, in pixels.

    Args:
        pred_px (np.ndarray): Predictions in pixels, shape [N, K, 2].
        gt_px (np.ndarray): Ground truth in pixels, shape [N, K, 2].
        valid (np.ndarray, optional): See :func:`labelled_joints`.

    Returns:
        np.ndarray: float64 [N, K]. NaN where the joint has no label (it does
        not count), infinity where the label is there and the prediction is
        not finite (it counts as missed).

    Raises:
        ValueError: If the shapes do not agree.
    """
    pred_px = _as_keypoints(pred_px, 'pred_px')
    gt_px = _as_keypoints(gt_px, 'gt_px')
    if pred_px.shape != gt_px.shape:
        raise ValueError('pred_px and gt_px must have the same shape, got '
                         f'{pred_px.shape} and {gt_px.shape}')
    labelled = labelled_joints(gt_px, valid)
    predicted = np.isfinite(pred_px).all(axis=-1)

    both = labelled & predicted
    distances = np.where(labelled, np.inf, np.nan)
    distances[both] = np.linalg.norm(pred_px[both] - gt_px[both], axis=-1)
    return distances


def segment_lengths(keypoints_px: np.ndarray,
                    ends: SegmentEnds,
                    valid: Optional[np.ndarray] = None) -> np.ndarray:
    """Length of one body segment (torso, head) in every frame, in pixels.

    Args:
        keypoints_px (np.ndarray): Joints in pixels, shape [N, K, 2].
        ends (tuple): The joint ids of either end; where an end has several,
            it is their mean position: ``((1, ), (9, 12))`` runs from joint 1
            to the middle of joints 9 and 12.
        valid (np.ndarray, optional): See :func:`labelled_joints`.

    Returns:
        np.ndarray: float64 [N]; NaN where a joint of the segment has no
        label.
    """
    keypoints_px = _as_keypoints(keypoints_px, 'keypoints_px')
    labelled = labelled_joints(keypoints_px, valid)
    start, stop = (list(end) for end in ends)
    vectors = (
        keypoints_px[:, start].mean(axis=1) -
        keypoints_px[:, stop].mean(axis=1))
    lengths = np.linalg.norm(vectors, axis=-1)
    return np.where(labelled[:, start + stop].all(axis=1), lengths, np.nan)


def _as_keypoints(keypoints: np.ndarray, name: str) -> np.ndarray:
    keypoints = np.asarray(keypoints, dtype=np.float64)
    if keypoints.ndim != 3 or keypoints.shape[-1] != 2:
        raise ValueError(
            f'{name} must have the shape [N, K, 2], got {keypoints.shape}')
    return keypoints
