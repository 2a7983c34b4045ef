import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import head_pck, joint_accuracy, joint_mean, pdj


@pytest.mark.parametrize(
    'threshold, length, distance',
    [(0.05, 100, 5), (0.10, 30, 3), (0.15, 20, 3), (0.15, 60, 9), (0.20, 35, 7), (0.5, 13, 6.5)],
)
def test_exactly_at_the_threshold_is_right(threshold, length, distance):
    distances = np.array([[distance, np.nextafter(distance, np.inf)]])
    percent = joint_accuracy(distances, [length], [threshold]).percent
    np.testing.assert_array_equal(percent, [[100, 0]])


def test_by_hand():
    """Two frames, torso 20 px and 10 px, joints (shoulder, hip, hand)."""
    gt = np.array([[[0, 0], [0, 20], [30, 0]], [[0, 0], [10, 0], [30, 0]]])
    pred = gt.copy()
    pred[0, 2] += (3, 4)  # 5 / 20 = 0.25
    pred[1, 2] += (0, 1)  # 1 / 10 = 0.10
    pred[1, 0] += (2, 0)  # 2 / 10 = 0.20
    accuracy = pdj(pred, gt, ((0,), (1,)))
    np.testing.assert_array_equal(
        accuracy.percent, [[50, 100, 0], [50, 100, 50], [50, 100, 50], [100, 100, 50]]
    )
    np.testing.assert_array_equal(accuracy.num_labels, [2, 2, 2])
    assert (accuracy.num_frames, accuracy.num_excluded) == (2, 0)
    # The same frames against half of the segment: 5 <= 10.
    assert (head_pck(pred, gt, ((0,), (1,))).percent == 100).all()
    np.testing.assert_array_equal(
        head_pck(pred, gt, ((0,), (1,)), threshold=0.2).percent, [[100, 100, 50]]
    )


def test_frames_without_a_scale_are_left_out_and_counted():
    gt = np.array(
        [
            [[0, 0], [0, 0], [5, 5]],  # length 0
            [[0, 0], [0, 9], [5, 5]],  # an end without a label
            [[0, 0], [0, 9], [5, 5]],
        ]
    )
    valid = np.ones((3, 3))
    valid[1, 1] = 0
    accuracy = pdj(gt + 1, gt, ((0,), (1,)), thresholds=[0.2], valid=valid)
    assert (accuracy.num_frames, accuracy.num_excluded) == (1, 2)
    np.testing.assert_array_equal(accuracy.num_labels, [1, 1, 1])
    np.testing.assert_array_equal(accuracy.percent, [[100, 100, 100]])


def test_unlabelled_is_left_out_and_unpredicted_is_wrong():
    gt = np.array([[[0.0, 0.0], [0.0, 9.0], [5.0, 5.0], [7.0, 7.0]]] * 2)
    pred = gt.copy()
    pred[0, 2] = np.nan
    valid = np.ones((2, 4))
    valid[:, 3] = 0
    valid[1, 2] = 0
    accuracy = pdj(pred, gt, ((0,), (1,)), thresholds=[0.2], valid=valid)
    np.testing.assert_array_equal(accuracy.num_labels, [2, 2, 1, 0])
    np.testing.assert_array_equal(accuracy.percent, [[100, 100, 0, np.nan]])


def test_lengths_must_match_the_frames():
    with pytest.raises(ValueError, match='one length per frame'):
        joint_accuracy(np.zeros((3, 2)), np.ones(2), [0.1])


def test_published_predictions(itop_golden):
    """A2J on ITOP front: the figures known for these predictions."""
    pred, gt, name2id = itop_golden
    torso = ((name2id['left_shoulder'],), (name2id['right_hip'],))
    head = ((name2id['head'],), (name2id['neck'],))
    np.testing.assert_allclose(
        joint_mean(pdj(pred, gt, torso).percent), [48.34, 80.27, 90.28, 94.31], atol=0.01
    )
    np.testing.assert_allclose(joint_mean(head_pck(pred, gt, head).percent), [95.51], atol=0.01)
