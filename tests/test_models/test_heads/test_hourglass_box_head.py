"""Boxes through the head: its loss, and what it finds."""

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData, PixelData

from mmpose.structures import PoseDataSample
from mmpose_cmb.codecs import BoxHeatmap
from mmpose_cmb.models import HourglassBoxHead, PersonBoxEstimator

CODEC = dict(type='BoxHeatmap', input_size=(64, 48), least_score=0.5)
BOXES = np.array([[4, 6, 30, 44], [40, 10, 60, 40]], np.float32)


def make_head():
    torch.manual_seed(0)
    return HourglassBoxHead((8, 12), decoder_channels=(8,), decoder=CODEC, box_channels=8)


def make_sample(boxes):
    codec = BoxHeatmap(**{k: v for k, v in CODEC.items() if k != 'type'})
    encoded = codec.encode(None, bbox=boxes)
    return PoseDataSample(gt_fields=PixelData(**encoded).to_tensor(), gt_instances=InstanceData())


def as_known(head, sample):
    """Let the head say what is true."""
    maps = sample.gt_fields
    heat, sides = maps.box_heat[None], maps.box_sides.clamp(min=1e-3)[None]
    head.forward = lambda feats: (heat, sides)
    return head


def test_truth_costs_nothing_and_is_found():
    sample = make_sample(BOXES)
    head = as_known(make_head(), sample)
    losses = head.loss(None, [sample])
    # Around a centre the target lies between 0 and 1.
    assert losses['loss_heat'] < 1.5 and losses['loss_sides'] == pytest.approx(0, abs=1e-5)
    (found,) = head.predict(None, [sample])
    order = np.argsort(found.bboxes[:, 0])
    np.testing.assert_allclose(found.bboxes[order], BOXES, atol=1e-3)
    np.testing.assert_allclose(found.bbox_scores, 1)


def test_a_wrong_side_and_a_wrong_centre_cost():
    sample = make_sample(BOXES)
    wrong = make_sample(BOXES + np.array((0, 0, 8, 0), np.float32))
    truth, off = (as_known(make_head(), s).loss(None, [sample]) for s in (sample, wrong))
    assert off['loss_sides'] > truth['loss_sides'] + 0.3
    nobody = as_known(make_head(), make_sample(BOXES[:0])).loss(None, [sample])
    assert nobody['loss_heat'] > truth['loss_heat'] + 10


def test_a_frame_with_nobody_trains():
    head = make_head()
    feats = (torch.rand(2, 8, 12, 16), torch.rand(2, 12, 6, 8))
    head.init_weights()
    losses = head.loss(feats, [make_sample(BOXES[:0])] * 2)
    assert losses['loss_sides'] == 0 and losses['loss_heat'] > 0
    sum(losses.values()).backward()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters() if p.grad is not None)


def test_boxes_come_in_pixels_of_the_frame():
    sample = PoseDataSample(metainfo=dict(warp_mat=np.array([[0.5, 0, 3], [0, 0.5, 1]])))
    found = InstanceData(bboxes=np.array([[4, 2, 8, 11]], np.float32), bbox_scores=np.ones(1))
    (sample,) = PersonBoxEstimator.add_pred_to_datasample(None, [found], None, [sample])
    np.testing.assert_allclose(sample.pred_instances.bboxes, [[2, 2, 10, 20]])
