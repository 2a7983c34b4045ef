import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import keypoint_distances, labelled_joints, segment_lengths


def test_distances_by_hand():
    # 3-4-5 and 5-12-13 triangles.
    gt = np.array([[[0, 0], [10, 10]]])
    pred = np.array([[[3, 4], [15, 22]]])
    np.testing.assert_array_equal(keypoint_distances(pred, gt), [[5, 13]])


def test_no_label_is_nan_and_no_prediction_is_infinite():
    gt = np.array([[[0.0, 0.0], [1.0, 1.0], [np.nan, 2.0], [3.0, 3.0]]])
    pred = np.array([[[0.0, 0.0], [np.nan, 1.0], [2.0, 2.0], [np.nan, np.inf]]])
    valid = np.array([[1, 1, 1, 0]])
    np.testing.assert_array_equal(
        keypoint_distances(pred, gt, valid), [[0, np.inf, np.nan, np.nan]]
    )
    np.testing.assert_array_equal(labelled_joints(gt, valid), [[True, True, False, False]])


def test_inputs_stay_as_they_are():
    gt = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    pred = gt + 1
    pred[0, 0] = np.nan
    valid = np.array([[1, 0, 1], [1, 1, 1]], dtype=np.float32)
    before = gt.copy(), pred.copy(), valid.copy()
    keypoint_distances(pred, gt, valid)
    segment_lengths(gt, ((0,), (1, 2)), valid)
    for now, then in zip((gt, pred, valid), before):
        np.testing.assert_array_equal(now, then)


def test_segment_ends_are_means():
    # Neck (0, 0); the hips' middle is (6, 8): length 10.
    keypoints = np.array([[[0, 0], [4, 8], [8, 8]]])
    np.testing.assert_array_equal(segment_lengths(keypoints, ((0,), (1, 2))), [10])
    np.testing.assert_array_equal(segment_lengths(keypoints, ((1,), (2,))), [4])


def test_segment_with_an_unlabelled_end_has_no_length():
    keypoints = np.array([[[0, 0], [4, 8], [8, 8]]] * 2)
    valid = np.array([[1, 1, 0], [0, 1, 1]])
    np.testing.assert_array_equal(segment_lengths(keypoints, ((1,), (2,)), valid), [np.nan, 4])


def test_small_differences_of_large_float32_coordinates():
    """Differences are taken in float64, after the cast."""
    gt = np.full((1, 1, 2), 16777216.0, dtype=np.float32)
    pred = gt.astype(np.float64) + 0.5
    np.testing.assert_allclose(keypoint_distances(pred, gt), np.sqrt(0.5), rtol=1e-12)


def test_shapes_are_checked():
    good = np.zeros((2, 3, 2))
    with pytest.raises(ValueError, match=r'\[N, K, 3\], got \(3, 2\)'):
        keypoint_distances(good[0], good)
    with pytest.raises(ValueError, match='same shape'):
        keypoint_distances(good, good[:1])
    with pytest.raises(ValueError, match=r'valid must have the shape'):
        keypoint_distances(good, good, np.ones((2, 3, 1)))
