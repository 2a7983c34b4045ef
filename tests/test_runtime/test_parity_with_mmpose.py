"""The runtime's joints against the model's own pipeline in PyTorch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from torch import nn

from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import MODELS
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.deploy import export_onnx, spec_of_config
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.runtime import DepthPoseRuntime

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
BOXES = np.float32([[90, 40, 200, 230], [-20.5, 10.25, 60, 250], [5, 3, 9, 7]])


def _scene(seed):
    """A figure of rounded limbs before a wall, with noise and holes."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((240, 320))
    depth = np.full((240, 320), 3.6)
    for _ in range(12):
        cx, cy = rng.uniform((90, 40), (200, 220))
        a, b = rng.uniform(8, 30, 2)
        inside = 1 - ((x - cx) / a) ** 2 - ((y - cy) / b) ** 2
        surface = rng.uniform(2.3, 2.7) - 0.2 * np.sqrt(inside.clip(0))
        depth = np.where(inside > 0, np.minimum(depth, surface), depth)
    depth += rng.normal(0, 0.004, depth.shape)
    depth[rng.random(depth.shape) < 0.05] = 0
    return depth.astype(np.float32)


class _WithPeaks(nn.Module):
    """Heat maps of an untrained network, with one clear maximum each.

    Where they are flat the maximum is left to rounding errors. Left and right
    joints mirror each other, so that a flip test keeps the maxima.
    """

    def __init__(self, layer, size, flip_indices):
        super().__init__()
        self.layer = layer
        rng = np.random.default_rng(0)
        width, height = size
        centres = rng.uniform(0.25, 0.75, (len(flip_indices), 2)) * size
        for joint, other in enumerate(flip_indices):
            if joint >= other:
                x, y = centres[other]
                centres[joint] = width - 1 - x, y
            if joint == other:
                centres[joint, 0] = (width - 1) / 2
        y, x = np.indices((height, width))
        squares = [(x - cx) ** 2 + (y - cy) ** 2 for cx, cy in centres]
        peaks = np.exp(-np.float32(squares) / (2 * 1.5**2))
        self.register_buffer('peaks', torch.from_numpy(peaks))

    def forward(self, x):
        return self.peaks + 0.1 * torch.tanh(self.layer(x))


def _shrink(cfg):
    cfg.model.backbone.update(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8)))
    cfg.model.head.update(in_channels=(8, 8, 8), decoder_channels=(8, 8))


def _model(cfg, flip_indices):
    """A small untrained network."""
    _shrink(cfg)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            nn.init.xavier_normal_(parameter)
    model.head.final_layer = _WithPeaks(
        model.head.final_layer, model.head.decoder.heatmap_size, flip_indices
    )
    return model.eval()


def _expected(model, cfg, frame, boxes, flip_indices):
    """Predictions of ``test_step`` on what the test pipeline makes."""
    pipeline = Compose(cfg.test_dataloader.dataset.pipeline[1:])
    samples = [
        pipeline(
            dict(
                img=frame.depth_m.copy(),
                img_path='frame',
                bbox=box[None].copy(),
                bbox_score=np.ones(1, np.float32),
                intrinsics=np.float32(frame.intrinsics),
                flip_indices=flip_indices,
            )
        )
        for box in boxes
    ]
    with torch.no_grad():
        return [s.pred_instances for s in model.test_step(pseudo_collate(samples))]


@pytest.mark.parametrize(
    'base, size, flip_test, dynamic',
    [
        ('cmb_itop_lift_demo.py', (64, 64), True, False),
        ('cmb_itop_lift_demo.py', (64, 96), False, True),
        ('cmb_itop_demo.py', (96, 96), False, False),
        ('cmb_itop_demo.py', (64, 64), True, True),
    ],
)
def test_joints_are_those_of_mmpose(base, size, flip_test, dynamic, tmp_path, mmpose_scope):
    cfg = Config.fromfile(CONFIGS / base)
    codec = dict(input_size=size, heatmap_size=(size[0] // 2, size[1] // 2))
    cfg.model.head.decoder.update(codec)
    cfg.model.backbone.input_size = size
    cfg.model.test_cfg.flip_test = flip_test
    for step in cfg.test_dataloader.dataset.pipeline:
        if step.type == 'TopdownDepthAffine':
            step.input_size = size
        elif step.type == 'GetBBoxCenterScale':
            step.padding = 1.1
        elif step.type == 'NormalizeDepth':
            step.update(half_range_m=0.8, hole_value=0.5)
    cfg.model.head.decoder.half_range_m = 0.8
    metainfo = parse_pose_metainfo(
        dict(from_file=str(CONFIGS / '_base_' / 'datasets' / 'itop.py'))
    )
    flip_indices = metainfo['flip_indices']
    model = _model(cfg, flip_indices)
    path = str(tmp_path / 'model.onnx')
    export_onnx(model, spec_of_config(cfg), path, dynamic)
    runtime = DepthPoseRuntime(path, threads=1)
    frames = [DepthFrame(_scene(seed), ITOP_CAMERA[:4], f'scene {seed}') for seed in range(3)]

    found = runtime.estimate(frames, [BOXES] * 3)

    spread = []
    for frame, persons in zip(frames, found):
        expected = _expected(model, cfg, frame, BOXES, flip_indices)
        for person, pred in zip(persons, expected):
            np.testing.assert_allclose(person.keypoints, pred.keypoints[0], atol=1e-3)
            np.testing.assert_allclose(person.keypoint_scores, pred.keypoint_scores[0], atol=1e-5)
            np.testing.assert_allclose(person.keypoints_cam, pred.keypoints_cam[0], atol=1e-5)
            np.testing.assert_array_equal(person.bbox, pred.bboxes[0])
            spread.append(np.ptp(person.keypoints, axis=0))
    # The joints lie apart: it is not one place that is compared.
    assert np.median(spread) > 10


def _hand():
    """A blob at half a metre before a table at 1.1 m."""
    depth = np.full((240, 320), 1.1, np.float32)
    depth[60:170, 100:190] = 0.5 + np.linspace(-1, 1, 90) ** 2 * 0.05
    return depth


@pytest.mark.parametrize('base, depth_m', [
    ('cmb_itop_lift_demo.py', _scene(0)),
    ('cmb_astar_demo.py', _hand()),
], ids=['person', 'hand'])  # yapf: disable
def test_boxes_and_joints_are_those_of_the_inferencer(base, depth_m, tmp_path, mmpose_scope):
    """Without a box: the person's, or that of what is before the background."""
    cfg = Config.fromfile(CONFIGS / base)
    _shrink(cfg)
    spec = spec_of_config(cfg, flip_test=True)
    weights = str(tmp_path / 'weights.pth')
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict()), weights)
    inferencer = DepthPoseInferencer(
        cfg, weights, device='cpu', detector='none', fold=False, flip_test=True
    )
    head = inferencer.model.head
    head.final_layer = _WithPeaks(
        head.final_layer, head.decoder.heatmap_size, spec.skeleton.flip_indices
    ).eval()
    path = str(tmp_path / 'model.onnx')
    export_onnx(inferencer.model, spec, path)
    frame = DepthFrame(depth_m, ITOP_CAMERA[:4])

    ((there,),) = inferencer.estimate([frame])
    ((here,),) = DepthPoseRuntime(path, threads=1, detector='none').estimate([frame])

    np.testing.assert_allclose(here.bbox, there.bbox, atol=1e-4)
    assert here.bbox_score == pytest.approx(there.bbox_score)
    np.testing.assert_allclose(here.keypoints, there.keypoints, atol=1e-3)
    np.testing.assert_allclose(here.keypoint_scores, there.keypoint_scores, atol=1e-5)
    np.testing.assert_allclose(here.keypoints_cam, there.keypoints_cam, atol=1e-5)
