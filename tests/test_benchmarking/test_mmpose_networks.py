"""MMPose's networks train a step on depth and predict, at a small size."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from torch import nn

from mmpose.registry import MODELS
from mmpose_cmb.benchmarking.input_size import at_input_size
from mmpose_cmb.benchmarking.networks import fits
from mmpose_cmb.models import DepthStem

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
MMPOSE_NETWORKS = sorted(path.stem for path in (CONFIGS / 'mmpose_networks').glob('*.py'))


def small_config(name, size=None):
    # The hourglass halves five times after its stem.
    size = size or (128 if name == 'hourglass52' else 64)
    return at_input_size(Config.fromfile(CONFIGS / 'mmpose_networks' / f'{name}.py'), size)


def packed(cfg, k2hpd_root, split):
    """The first two samples of a split, packed by the pipeline."""
    from mmpose.registry import DATASETS

    loader = cfg.train_dataloader if split == 'train' else cfg.test_dataloader
    dataset = DATASETS.build(dict(loader.dataset, data_root=str(k2hpd_root)))
    samples = [dataset[i] for i in (0, 1)]
    return dict(
        inputs=[sample['inputs'] for sample in samples],
        data_samples=[sample['data_samples'] for sample in samples],
    )


@pytest.mark.parametrize('name', MMPOSE_NETWORKS)
def test_network_takes_its_own_size(name):
    """Of the codec, the head and every pipeline, as the file says it."""
    cfg = Config.fromfile(CONFIGS / 'mmpose_networks' / f'{name}.py')
    size = cfg.codec.input_size
    assert size[0] == size[1] and fits(name, size[0])
    assert cfg.model.head.decoder.input_size == size
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        for step in loader.dataset.pipeline:
            if step.type == 'TopdownDepthAffine':
                assert step.input_size == size
            if step.type == 'GenerateTarget':
                assert step.encoder.input_size == size


@pytest.mark.parametrize('name', MMPOSE_NETWORKS)
def test_network_trains_and_predicts(name, k2hpd_root, mmpose_scope):
    torch.manual_seed(0)
    cfg = small_config(name)
    model = MODELS.build(cfg.model)
    first = next(m for m in model.modules() if isinstance(m, nn.Conv2d))
    assert first.in_channels == 1

    batch = model.data_preprocessor(packed(cfg, k2hpd_root, 'train'), True)
    losses = model(batch['inputs'], batch['data_samples'], mode='loss')
    loss, _ = model.parse_losses(losses)
    loss.backward()
    assert torch.isfinite(loss) and loss > 0
    assert first.weight.grad.abs().max() > 0

    data = packed(cfg, k2hpd_root, 'test')
    model.eval()
    with torch.no_grad():
        results = model.test_step(data)
    for result in results:
        keypoints = result.pred_instances.keypoints
        assert keypoints.shape == (1, 19, 2) and np.isfinite(keypoints).all()


@pytest.mark.parametrize('name', MMPOSE_NETWORKS)
def test_only_model_and_codec_differ_from_the_papers_config(name):
    ours = Config.fromfile(CONFIGS / 'cmb_k2hpd.py')
    theirs = Config.fromfile(CONFIGS / 'mmpose_networks' / f'{name}.py')
    assert set(theirs.keys()) == set(ours.keys())
    for key in ours:
        if (
            key not in ('model', 'codec', 'affine')
            and 'pipeline' not in key
            and 'dataloader' not in key
        ):
            assert theirs[key] == ours[key], key
    for ours_step, step in zip(ours.train_pipeline, theirs.train_pipeline):
        if step.type not in ('GenerateTarget', 'TopdownDepthAffine'):
            assert step == ours_step
    for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        assert theirs[loader].batch_size == ours[loader].batch_size
        pipeline = theirs[loader].dataset.pipeline
        assert len(pipeline) == len(ours[loader].dataset.pipeline)
        for step in pipeline:
            if step.type == 'GenerateTarget':
                assert step.encoder == theirs.codec
    assert theirs.model.head.decoder == theirs.codec


def test_papers_config_at_another_size():
    cfg = at_input_size(Config.fromfile(CONFIGS / 'cmb_k2hpd.py'), 64)
    assert cfg.model.backbone.input_size == (64, 64)
    for codec in (
        cfg.codec,
        cfg.model.head.decoder,
        cfg.train_dataloader.dataset.pipeline[-2].encoder,
    ):
        assert codec.input_size == (64, 64)
        assert codec.heatmap_size == (32, 32)
    with pytest.raises(ValueError, match='in_featuremap_size 6 has no whole'):
        small_config('rtmpose_s', 100)
    cfg.codec.input_size = (64, 32)
    with pytest.raises(ValueError, match='only square inputs'):
        at_input_size(cfg, 128)


def test_depth_stem_refuses_a_backbone_that_does_not_need_it(mmpose_scope):
    with pytest.raises(ValueError, match='ResNet has no convolution of three'):
        DepthStem(dict(type='ResNet', depth=18, in_channels=1))
