"""Small models with random weights, as config and checkpoint."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine import Config

from mmpose.registry import MODELS
from mmpose_cmb.camera import ITOP_CAMERA

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIGS = REPOSITORY / 'configs'
MODELS_BY_NAME = {
    'pixels': 'cmb_k2hpd_demo.py',
    'lifted': 'cmb_itop_lift_demo.py',
    'regressed': 'cmb_itop_demo.py',
}


def small_config(name):
    cfg = Config.fromfile(CONFIGS / MODELS_BY_NAME[name])
    cfg.model.backbone.update(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8)))
    cfg.model.head.update(in_channels=(8, 8, 8), decoder_channels=(8, 8))
    if name == 'regressed':
        cfg.model.head.update(hidden=16, pool_size=4)
    return cfg


@pytest.fixture
def write_model(tmp_path, mmpose_scope):
    """Makes a small model; returns its config and its checkpoint's path."""

    def write(name):
        torch.manual_seed(0)
        cfg = small_config(name)
        model = MODELS.build(cfg.model)
        # High maps: the joints of nearly empty ones hang on the last digit.
        torch.nn.init.normal_(model.head.final_layer.weight, std=0.5)
        for block in model.backbone.blocks:
            block.set_ratio_limit(3.0)
        path = tmp_path / f'{name}.pth'
        torch.save(dict(state_dict=model.state_dict()), path)
        return cfg, str(path)

    return write


@pytest.fixture
def deploy_config():
    """Reads one of ``configs/deploy``; a new copy each time."""

    def read(name, **options):
        cfg = Config.fromfile(CONFIGS / 'deploy' / f'{name}.py')
        cfg.codebase_config.update(options)
        return cfg

    return read


@pytest.fixture
def person_depth_m():
    """A body of boxes 2 m away before a wall at 4 m, metres [240, 320]."""
    depth_m = np.full((240, 320), 4.0, np.float32)
    depth_m[60:90, 145:175] = 2.0
    depth_m[90:150, 120:200] = 2.05
    depth_m[150:220, 135:185] = 2.1
    depth_m[:40, :60] = 0
    return depth_m


@pytest.fixture
def itop_intrinsics():
    return tuple(ITOP_CAMERA[:4])
