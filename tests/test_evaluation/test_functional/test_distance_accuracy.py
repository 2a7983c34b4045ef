import math

import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import (
    distance_accuracy,
    group_means,
    joint_distance_accuracy,
    joint_mean,
)


@pytest.mark.parametrize('threshold', [0.1, 0.05, 0.125, 0.2])
def test_exactly_at_the_threshold_is_wrong(threshold):
    distances = np.array([[np.nextafter(threshold, 0), threshold]])
    percent = distance_accuracy(distances, [threshold]).percent
    np.testing.assert_array_equal(percent, [[100, 0]])


def test_by_hand():
    """Distances 3 cm, 5 cm (3-4), 13 cm (3-4-12); 0 cm, 10 cm, 9 cm."""
    gt = np.array([[[0.0, 0.0, 3.0]] * 3, [[1.0, -1.0, 2.0]] * 3])
    pred = gt + 0.01 * np.array(
        [[[0, 0, 3], [3, 4, 0], [3, 4, 12]], [[0, 0, 0], [0, 11, 0], [0, 0, -9]]]
    )
    accuracy = joint_distance_accuracy(pred, gt, thresholds_m=(0.04, 0.1, 0.12))
    np.testing.assert_array_equal(accuracy.percent, [[100, 0, 0], [100, 50, 50], [100, 100, 50]])
    np.testing.assert_array_equal(accuracy.num_labels, [2, 2, 2])


def test_ten_centimetres_are_the_default():
    gt = np.zeros((1, 2, 3))
    pred = np.array([[[0.0999, 0, 0], [0, 0.1001, 0]]])
    np.testing.assert_array_equal(joint_distance_accuracy(pred, gt).percent, [[100, 0]])


def test_against_loops():
    rng = np.random.default_rng(0)
    gt = rng.normal(0, 1, (50, 4, 3)).astype(np.float32)
    pred = (gt + rng.normal(0, 0.06, gt.shape)).astype(np.float32)
    valid = rng.random((50, 4)) > 0.2
    valid[7] = False
    pred[5, 2] = np.nan
    gt[6, 1, 2] = np.nan

    expected = np.zeros((2, 4))
    for t, threshold in enumerate((0.05, 0.1)):
        for j in range(4):
            right = labels = 0
            for n in range(50):
                truth = [float(v) for v in gt[n, j]]
                if not valid[n, j] or any(math.isnan(v) for v in truth):
                    continue
                labels += 1
                # A comparison with NaN is False: wrong.
                distance = math.dist(truth, [float(v) for v in pred[n, j]])
                right += distance < threshold
            expected[t, j] = 100 * right / labels
    accuracy = joint_distance_accuracy(pred, gt, thresholds_m=(0.05, 0.1), valid=valid)
    np.testing.assert_allclose(accuracy.percent, expected, rtol=1e-12)
    assert accuracy.num_excluded == (~valid).all(axis=1).sum() > 0
    assert accuracy.num_frames == 50 - accuracy.num_excluded


def test_pixels_are_refused():
    good = np.zeros((2, 4, 3))
    with pytest.raises(ValueError, match=r'pred_m .*\[N, K, 3\].*\(2, 4, 2\)'):
        joint_distance_accuracy(good[..., :2], good[..., :2])
    with pytest.raises(ValueError, match=r'gt_m .*\[N, K, 3\].*\(4, 3\)'):
        joint_distance_accuracy(good, good[0])
    with pytest.raises(ValueError, match='same shape'):
        joint_distance_accuracy(good, good[:1])


def test_published_predictions(itop_golden_3d):
    """A2J on ITOP front: the figures published for these predictions."""
    pred, gt, groups = itop_golden_3d
    accuracy = joint_distance_accuracy(pred, gt)
    assert joint_mean(accuracy.percent)[0] == pytest.approx(88.0184, abs=1e-4)
    means = group_means(accuracy.percent, {k: v[0] for k, v in groups.items()})
    for name, (_, expected) in groups.items():
        assert means[name][0] == pytest.approx(expected, abs=0.01), name
