"""Joint errors in millimetres, and the share of frames below a distance.

Legend: N frames, K joints, T distances, (x, y, z) in metres of the camera
frame. All shares are in PERCENT.

* Mean and median run over all labelled joints of all frames at once.
* The curve counts FRAMES: a frame is within ``d`` when the error of its worst
  labelled joint is ``< d``, as strict as the 10 cm rule. The measure is that
  of Taylor et al., "The Vitruvian Manifold", CVPR 2012, usual for hands.
* A joint without a label counts nowhere; a frame without any is left out.
* A labelled joint whose prediction is not finite has an infinite error: the
  mean becomes infinite, the median hardly moves, the frame is in no ``d``.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np

from .distances import space_distances

MM_PER_M = 1000.0


class JointErrors(NamedTuple):
    """Mean and median over all joints, and joint by joint.

    Attributes:
        mean_mm (float): Over all labelled joints of all frames.
        median_mm (float): Over the same.
        joint_mean_mm (np.ndarray): float64 [K]; NaN for a joint that is
            never labelled.
        joint_median_mm (np.ndarray): float64 [K]; the same.
        num_labels (np.ndarray): int [K], labels of each joint.
    """

    mean_mm: float
    median_mm: float
    joint_mean_mm: np.ndarray
    joint_median_mm: np.ndarray
    num_labels: np.ndarray


def joint_errors_mm(
    pred_m: np.ndarray,
    gt_m: np.ndarray,
    *,
    valid: Optional[np.ndarray] = None,
    root: Optional[int] = None,
) -> np.ndarray:
    """Distance of every joint from its label, in millimetres.

    Args:
        pred_m (np.ndarray): Predictions in metres, shape [N, K, 3].
        gt_m (np.ndarray): Ground truth in metres, shape [N, K, 3].
        valid (np.ndarray, optional): Labelled or not, shape [N, K].
            Defaults to None: all are.
        root (int, optional): Joint id; both skeletons are moved so that this
            joint lies at the origin. The root itself, which is then exact
            by construction, counts as unlabelled, and so does everything in
            a frame whose root has no label. Defaults to None: errors where
            the camera sees them.

    Returns:
        np.ndarray: float64 [N, K]. NaN = no label, infinity = no prediction.
    """
    pred_m = np.asarray(pred_m, dtype=np.float64)
    gt_m = np.asarray(gt_m, dtype=np.float64)
    errors_mm = MM_PER_M * space_distances(pred_m, gt_m, valid)
    if root is None:
        return errors_mm
    if not 0 <= root < gt_m.shape[1]:
        raise ValueError(f'the root must be a joint id from 0 to {gt_m.shape[1] - 1}, got {root}')
    # Where the root is not finite the others become so, too: no label in the
    # ground truth, no prediction in the prediction.
    with np.errstate(invalid='ignore'):
        errors_mm = MM_PER_M * space_distances(
            pred_m - pred_m[:, root, None], gt_m - gt_m[:, root, None], valid
        )
    if valid is not None:
        errors_mm[~np.asarray(valid)[:, root].astype(bool)] = np.nan
    errors_mm[:, root] = np.nan
    return errors_mm


def summarize_errors(errors_mm: np.ndarray) -> JointErrors:
    """Mean and median of joint errors.

    Args:
        errors_mm (np.ndarray): Millimetres, shape [N, K]: NaN = no label,
            infinity = no prediction (:func:`joint_errors_mm`).

    Returns:
        JointErrors: In millimetres; NaN where nothing is labelled.

    Example:
        >>> errors = summarize_errors(np.array([[10., 20.], [np.nan, 60.]]))
        >>> errors.mean_mm, errors.median_mm, errors.joint_mean_mm
        (30.0, 20.0, array([10., 40.]))
    """
    errors_mm = np.asarray(errors_mm, dtype=np.float64)
    columns = [column[~np.isnan(column)] for column in errors_mm.T]
    pooled = np.concatenate(columns) if columns else np.empty(0)
    return JointErrors(
        _mean(pooled),
        _median(pooled),
        np.array([_mean(column) for column in columns]),
        np.array([_median(column) for column in columns]),
        np.array([len(column) for column in columns], dtype=int),
    )


def worst_errors_mm(errors_mm: np.ndarray) -> np.ndarray:
    """Error of the worst labelled joint of every frame that has one.

    Args:
        errors_mm (np.ndarray): Millimetres, shape [N, K], see
            :func:`summarize_errors`.

    Returns:
        np.ndarray: float64 [F], F <= N frames, millimetres.
    """
    errors_mm = np.asarray(errors_mm, dtype=np.float64)
    labelled = ~np.isnan(errors_mm)
    worst = np.where(labelled, errors_mm, -np.inf).max(axis=1, initial=-np.inf)
    return worst[labelled.any(axis=1)]


def frames_within(errors_mm: np.ndarray, distances_mm: Sequence[float]) -> np.ndarray:
    """Percent of frames all of whose joints are closer than a distance.

    Args:
        errors_mm (np.ndarray): Millimetres, shape [N, K], see
            :func:`summarize_errors`.
        distances_mm (Sequence[float]): T distances in millimetres.

    Returns:
        np.ndarray: float64 [T], 0..100; NaN without a labelled frame.

    Example:
        >>> frames_within(np.array([[10., 20.], [np.nan, 60.]]), (20, 25, 90))
        array([  0.,  50., 100.])
    """
    worst = worst_errors_mm(errors_mm)
    limits = np.asarray(distances_mm, dtype=np.float64)[:, None]
    if not worst.size:
        return np.full(len(limits), np.nan)
    return 100.0 * (worst < limits).mean(axis=1)


def area_under_curve(errors_mm: np.ndarray, max_mm: float) -> float:
    """Mean height of the curve of :func:`frames_within` over 0..max_mm.

    The curve is a staircase, so the area is exact, not a sum over samples: a
    frame whose worst joint is off by e adds ``max(0, 1 - e / max_mm)``.

    Args:
        errors_mm (np.ndarray): Millimetres, shape [N, K], see
            :func:`summarize_errors`.
        max_mm (float): Where the curve ends, millimetres.

    Returns:
        float: 0..100; NaN without a labelled frame.

    Example:
        >>> area_under_curve(np.array([[10., 25.], [np.nan, 150.]]), 100.)
        37.5
    """
    return 100.0 * _mean(np.clip(1 - worst_errors_mm(errors_mm) / max_mm, 0, 1))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float('nan')


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if values.size else float('nan')
