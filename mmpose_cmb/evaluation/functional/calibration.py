"""Scores that are probabilities: fitted, and how far they are from it.

A table maps a score in [0, 1] to the share of joints that are right, linear
between knots that lie evenly from 0 to 1. It never falls, so that the order of
the scores stays.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import lsq_linear


class Reliability(NamedTuple):
    """How right joints of like scores are; B bins of equal width.

    Attributes:
        counts: [B], joints.
        mean_score: [B], NaN where there is none.
        right: [B], share of them that is right, NaN where there is none.
        expected_error: Mean distance of the two, weighted by the joints: the
            expected calibration error of Naeini et al., "Obtaining Well
            Calibrated Probabilities Using Bayesian Binning", AAAI 2015.
    """

    counts: np.ndarray
    mean_score: np.ndarray
    right: np.ndarray
    expected_error: float


def fit_calibration(scores: np.ndarray, right: np.ndarray, knots: int) -> np.ndarray:
    """The table with the least squared error, and with it the best Brier score.

    Args:
        scores (np.ndarray): [N], clipped to [0, 1].
        right (np.ndarray): [N] bool.
        knots (int): Of the table, at least 2.

    Returns:
        np.ndarray: [knots] in [0, 1], not falling.
    """
    # Each knot is the sum of the steps up to it, and no step is negative.
    steps = knot_weights(scores, knots) @ np.tri(knots)
    found = lsq_linear(steps, np.asarray(right, float), bounds=(0, 1))
    return np.cumsum(found.x).clip(0, 1)


def knot_weights(scores: np.ndarray, knots: int) -> np.ndarray:
    """Weights [N, knots] by which a table's knots make the values at scores."""
    at = np.clip(np.asarray(scores, float), 0, 1)[:, None] * (knots - 1)
    return np.maximum(1 - np.abs(at - np.arange(knots)), 0)


def reliability(scores: np.ndarray, right: np.ndarray, bins: int = 10) -> Reliability:
    """Scores beside the share that is right.

    Args:
        scores (np.ndarray): [N] in [0, 1].
        right (np.ndarray): [N] bool.
        bins (int): Defaults to 10.
    """
    of = np.minimum((np.asarray(scores) * bins).astype(int), bins - 1)
    counts = np.bincount(of, minlength=bins)
    with np.errstate(invalid='ignore'):
        mean_score = np.bincount(of, scores, bins) / counts
        share = np.bincount(of, right, bins) / counts
    off = np.nansum(counts * np.abs(mean_score - share)) / len(of)
    return Reliability(counts, mean_score, share, float(off))
