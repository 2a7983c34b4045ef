"""Every config parses, builds, and runs one forward pass of its model."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmpose.registry import MODELS

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
LEAVES = sorted(
    str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py')
    if not {'_base_', 'deploy', 'peers'} & set(path.parts))


@pytest.mark.parametrize('name', LEAVES)
def test_model_fits_its_codec_and_data(name, mmpose_scope):
    cfg = Config.fromfile(CONFIGS / name)
    model = MODELS.build(cfg.model).eval()
    width, height = cfg.codec.input_size
    with torch.no_grad():
        heatmaps = model(torch.rand(1, 1, height, width), None, mode='tensor')
    map_width, map_height = cfg.codec.heatmap_size
    assert heatmaps.shape == (1, cfg.model.head.out_channels, map_height,
                              map_width)
    for loader in (cfg.train_dataloader, cfg.test_dataloader):
        steps = {step.type: step for step in loader.dataset.pipeline}
        assert steps['TopdownDepthAffine'].input_size == (width, height)
    assert cfg.train_dataloader.dataset.data_root == cfg.data_root
    assert cfg.test_dataloader.dataset.data_root == cfg.data_root


def test_the_papers_training():
    cfg = Config.fromfile(CONFIGS / 'cmb_k2hpd.py')
    assert cfg.codec.input_size == (192, 192)
    assert cfg.optim_wrapper.optimizer == dict(
        type='Adam', lr=2.5e-4, betas=(0.9, 0.999))
    assert cfg.train_dataloader.batch_size == 16
    assert cfg.param_scheduler == dict(
        type='StepLR', by_epoch=False, step_size=1000, gamma=0.95)
    hooks = {hook.type: hook for hook in cfg.custom_hooks}
    assert hooks['MemoryRatioHook'].milestones == ((0, 1.), (10000, 3.))
    augmentations = [s.type for s in cfg.train_dataloader.dataset.pipeline]
    assert 'RandomFlip' in augmentations
    assert 'RandomBoxTransform' in augmentations


def test_a_config_elsewhere_inherits_ours(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(
        "_base_ = __import__('mmpose_cmb').config_path('cmb_k2hpd.py')\n"
        'model = dict(backbone=dict(in_channels=2))\n')
    cfg = Config.fromfile(path)
    assert cfg.model.backbone.type == 'CMBNet'
    assert cfg.model.backbone.in_channels == 2
