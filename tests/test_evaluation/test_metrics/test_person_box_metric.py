"""Average precision by hand."""

import numpy as np
import pytest

from mmpose_cmb.evaluation import PersonBoxMetric

BOX = np.array([[10, 10, 50, 90]], np.float32)
NONE = np.zeros((0, 4), np.float32)


def _sample(number, found, scores, labelled=BOX, unsure=NONE):
    return dict(
        img_id=number,
        ori_shape=(120, 160),
        pred_instances=dict(bboxes=np.array(found, np.float32).reshape(-1, 4),
                            bbox_scores=np.array(scores)),
        gt_instances=dict(bboxes=labelled),
        unsure_bbox=unsure,
    )  # yapf: disable


def _evaluate(*samples):
    metric = PersonBoxMetric()
    metric.dataset_meta = {}
    metric.process({}, samples)
    return metric.evaluate(len(samples))


def test_all_found_and_none_else():
    scores = _evaluate(_sample(1, BOX, [0.9]), _sample(2, [], [], NONE))
    assert scores['boxes/bbox_mAP'] == scores['boxes/bbox_mAP_50'] == 1


def test_half_found_and_a_false_one():
    far = BOX + 60
    # Best first: a hit, a false one, a hit: precision 1 and 2/3 at recall 1/2 and 1.
    scores = _evaluate(_sample(1, np.concatenate([BOX, far]), [0.9, 0.8]), _sample(2, BOX, [0.7]))
    assert scores['boxes/bbox_mAP_50'] == pytest.approx((51 + 50 * 2 / 3) / 101, abs=1e-3)
    scores = _evaluate(_sample(1, BOX, [0.9]), _sample(2, [], []))
    assert scores['boxes/bbox_mAP_50'] == pytest.approx(51 / 101, abs=1e-3)


def test_who_is_hardly_seen_counts_neither_way():
    far = BOX + np.array((60, 0, 60, 0), np.float32)
    both = np.concatenate([far, BOX])
    false = _evaluate(_sample(1, both, [0.9, 0.8]))
    unsure = _evaluate(_sample(1, both, [0.9, 0.8], unsure=far))
    assert unsure['boxes/bbox_mAP_50'] == 1 > false['boxes/bbox_mAP_50']


def test_a_data_set_with_nobody_is_refused():
    with pytest.raises(ValueError, match='nobody is labelled'):
        _evaluate(_sample(1, BOX, [0.9], NONE))
