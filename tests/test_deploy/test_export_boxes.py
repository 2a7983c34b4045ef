"""A person finder's exported file beside PyTorch's own test path."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate

from mmpose.registry import MODELS
from mmpose_cmb.deploy import detector_spec_of_config, export_onnx, spec_of_config
from mmpose_cmb.deploy.exported_file import read_spec
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.pose.person_finder import PersonFinder

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def config():
    cfg = Config.fromfile(REPOSITORY / 'projects' / 'zoo' / 'configs' / 'person_boxes.py')
    cfg.model.backbone.update(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8)))
    cfg.model.head.update(in_channels=(8, 8, 8), decoder_channels=(8, 8), box_channels=8)
    for part in (cfg.model.backbone, cfg.model.head.decoder, cfg.codec):
        part.input_size = (96, 80)
    for step in cfg.test_dataloader.dataset.pipeline:
        if step.type == 'LetterboxDepth':
            step.input_size = (96, 80)
    return cfg


@pytest.fixture
def model(config, mmpose_scope):
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    for part in model.modules():
        if isinstance(part, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(part.weight, nonlinearity='relu')
        elif isinstance(part, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(part.running_mean, -0.2, 0.2)
    # Sides near a usual one, so that boxes are boxes.
    torch.nn.init.normal_(model.head.side_layer.weight, std=0.01)
    return model.eval()


def _frame():
    rng = np.random.default_rng(0)
    depth_m = rng.uniform(1, 5, (15, 20)).repeat(16, 0).repeat(16, 1).astype(np.float32)
    depth_m[rng.random(depth_m.shape) < 0.1] = 0
    return DepthFrame(depth_m, (285.0, 290.0, 160.0, 120.0))


@pytest.mark.parametrize('known', [True, False], ids=['camera', 'no camera'])
def test_boxes_are_those_of_the_test_pipeline(known, config, model, tmp_path):
    spec = detector_spec_of_config(config, least_score=0.05)
    path = str(tmp_path / 'boxes.onnx')
    export_onnx(fold_for_inference(model, 'onnxruntime'), spec, path)
    frame = _frame()
    results = dict(
        img=frame.depth_m,
        img_id=1,
        img_path='x',
        ori_shape=frame.depth_m.shape,
        keypoints=np.zeros((0, 15, 2)),
        keypoints_seen=np.zeros((0, 15)),
        unsure_bbox=np.zeros((0, 4)),
    )
    if known:
        results['intrinsics'] = frame.intrinsics[:4]
    else:
        frame.intrinsics = None
    packed = Compose(config.test_dataloader.dataset.pipeline[1:])(results)
    with torch.no_grad():
        (sample,) = model.test_step(pseudo_collate([packed]))
    expected = sample.pred_instances
    boxes, scores = PersonFinder(path, threads=1)(frame)
    assert len(scores) == 10 and np.ptp(boxes[:, 0]) > 50
    np.testing.assert_allclose(scores, expected.bbox_scores[:10], atol=1e-5)
    np.testing.assert_allclose(boxes, expected.bboxes[:10], atol=1e-2)


def test_mistakes_are_named_and_leave_no_file(config, model, tmp_path):
    spec = detector_spec_of_config(config)
    path = tmp_path / 'boxes.onnx'
    with pytest.raises(ValueError, match='says maps of 48x40, and the model gives 24x20'):
        export_onnx(model, spec._replace(stride=2), str(path))
    joints = Config.fromfile(REPOSITORY / 'configs' / 'cmb_itop_lift_demo.py')
    with pytest.raises(ValueError, match='DepthHeatmap is no codec of boxes'):
        detector_spec_of_config(joints)
    with pytest.raises(ValueError, match='HourglassLiftHead gives no boxes'):
        export_onnx(MODELS.build(joints.model).eval(), spec, str(path))
    with pytest.raises(ValueError, match='HourglassBoxHead with its codec cannot be exported'):
        export_onnx(model, spec_of_config(joints), str(path))
    assert not path.exists()
    export_onnx(model, spec, str(path))
    with pytest.raises(ValueError, match="gives people's boxes in a whole frame"):
        read_spec(str(path))
    config.model.head.decoder.input_size = (64, 64)
    with pytest.raises(ValueError, match='contradicts itself'):
        detector_spec_of_config(config)
