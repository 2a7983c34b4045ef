"""Share of joints within a fraction of a body segment: PDJ and PCKh.

Legend: N frames, K joints, T thresholds. All shares are in PERCENT.

A joint is right when ``distance / length <= threshold``, the length being
that of the frame's own ground-truth segment. The ratio is compared, not
``distance <= threshold * length``: a ratio that is exactly 0.15 then is the
same float as the 0.15 in a config, so the boundary belongs to "right".

* A joint without a label counts neither as right nor as wrong.
* A labelled joint whose prediction is not finite is wrong.
* A frame whose segment has length 0, or an end without a label, has no
  scale: the frame is left out as a whole and counted in ``num_excluded``.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np

from .distances import SegmentEnds, keypoint_distances, segment_lengths

PDJ_THRESHOLDS = (0.05, 0.10, 0.15, 0.20)


class JointAccuracy(NamedTuple):
    """Accuracy of every joint at every threshold.

    Attributes:
        percent (np.ndarray): float64 [T, K], 0..100; NaN for a joint that
            has no label in any frame that counts.
        num_labels (np.ndarray): int [K], the denominators.
        num_frames (int): Frames that count.
        num_excluded (int): Frames left out because they have no scale.
    """

    percent: np.ndarray
    num_labels: np.ndarray
    num_frames: int
    num_excluded: int


def joint_accuracy(
    distances_px: np.ndarray, lengths_px: np.ndarray, thresholds: Sequence[float]
) -> JointAccuracy:
    """Percent of distances within fractions of a length given per frame.

    Hits and labels are summed over all frames and divided once, so frames
    may come in batches of any size.

    Args:
        distances_px (np.ndarray): Distances in pixels, shape [N, K]: NaN =
            no label, infinity = no prediction
            (:func:`keypoint_distances`).
        lengths_px (np.ndarray): Segment lengths in pixels, shape [N].
        thresholds (Sequence[float]): T fractions of the length.

    Returns:
        JointAccuracy: Percent per threshold and joint, and what was counted.

    Example:
        >>> distances = np.array([[1.0, 2.0], [2.1, np.nan]])
        >>> lengths = np.array([20.0, 20.0])
        >>> joint_accuracy(distances, lengths, (0.05, 0.10)).percent
        array([[ 50.,   0.],
               [ 50., 100.]])
    """
    distances_px = np.asarray(distances_px, dtype=np.float64)
    lengths_px = np.asarray(lengths_px, dtype=np.float64)
    if lengths_px.shape != distances_px.shape[:1]:
        raise ValueError(
            'one length per frame is needed, got '
            f'{lengths_px.shape} lengths for distances of shape '
            f'{distances_px.shape}'
        )
    usable = np.isfinite(lengths_px) & (lengths_px > 0)
    ratios = distances_px[usable] / lengths_px[usable, None]

    num_labels = (~np.isnan(ratios)).sum(axis=0)
    limits = np.asarray(thresholds, dtype=np.float64)[:, None, None]
    hits = (ratios <= limits).sum(axis=1)
    return JointAccuracy(
        percent_of_labels(hits, num_labels), num_labels, int(usable.sum()), int((~usable).sum())
    )


def percent_of_labels(hits: np.ndarray, num_labels: np.ndarray) -> np.ndarray:
    """Percent of the labels that are hits; NaN for a joint without labels.

    Args:
        hits (np.ndarray): Joints that are right, int [T, K].
        num_labels (np.ndarray): Joints that count, int [K].

    Returns:
        np.ndarray: float64 [T, K], 0..100.
    """
    percent = np.full(hits.shape, np.nan)
    np.divide(100.0 * hits, num_labels, out=percent, where=num_labels > 0)
    return percent


def pdj(
    pred_px: np.ndarray,
    gt_px: np.ndarray,
    torso: SegmentEnds,
    *,
    thresholds: Sequence[float] = PDJ_THRESHOLDS,
    valid: Optional[np.ndarray] = None,
) -> JointAccuracy:
    """Percent of Detected Joints: right within a fraction of the torso.

    Toshev and Szegedy, "DeepPose: Human Pose Estimation via Deep Neural
    Networks", CVPR 2014, where the torso runs from the left shoulder to the
    right hip.

    Args:
        pred_px (np.ndarray): Predictions in pixels, shape [N, K, 2].
        gt_px (np.ndarray): Ground truth in pixels, shape [N, K, 2].
        torso (tuple): Joint ids of the torso's ends, see
            :func:`segment_lengths`.
        thresholds (Sequence[float]): Fractions of the torso. Defaults to
            (0.05, 0.10, 0.15, 0.20).
        valid (np.ndarray, optional): Labelled or not, shape [N, K].
            Defaults to None: all are.

    Returns:
        JointAccuracy: Percent per threshold and joint.
    """
    return joint_accuracy(
        keypoint_distances(pred_px, gt_px, valid), segment_lengths(gt_px, torso, valid), thresholds
    )


def head_pck(
    pred_px: np.ndarray,
    gt_px: np.ndarray,
    head_segment: SegmentEnds,
    *,
    threshold: float = 0.5,
    valid: Optional[np.ndarray] = None,
) -> JointAccuracy:
    """PCKh: right within a fraction of the head segment.

    The measure is that of Andriluka et al., "2D Human Pose Estimation: New
    Benchmark and State of the Art Analysis", CVPR 2014. MPII's head length
    comes from an annotated head box; depth data sets have none, and the
    paper this project follows takes the distance of head and neck instead.

    Args:
        pred_px (np.ndarray): Predictions in pixels, shape [N, K, 2].
        gt_px (np.ndarray): Ground truth in pixels, shape [N, K, 2].
        head_segment (tuple): Joint ids of head and neck, see
            :func:`segment_lengths`.
        threshold (float): Fraction of the segment. Defaults to 0.5.
        valid (np.ndarray, optional): Labelled or not, shape [N, K].
            Defaults to None: all are.

    Returns:
        JointAccuracy: Percent per joint, ``percent`` of shape [1, K].
    """
    return pdj(pred_px, gt_px, head_segment, thresholds=(threshold,), valid=valid)
