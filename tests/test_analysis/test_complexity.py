"""Parameters and multiply-adds against the closed form of Table 1."""

import io

import pytest
import torch
from mmengine.config import Config
from torch import nn

from mmpose.models import build_pose_estimator
from mmpose_cmb import config_path
from mmpose_cmb.analysis import count_multiply_adds, measure_complexity


def table_1(width, height, joints=19):
    """Weights and multiply-adds of Table 1's convolutions, by hand.

    Rows: side of the input over side of the maps, kernel, in, out.
    """

    def block(scale, c):
        return 3 * [(scale, 3, 2 * c, c), (scale, 1, c, c)]

    layers = [
        (1, 3, 1, 32), (1, 3, 32, 32),
        *block(2, 32), (2, 3, 64, 64),
        *block(4, 64), (4, 3, 128, 128), (4, 3, 128, 128),
        *block(8, 128), (8, 3, 256, 256), (8, 3, 256, 256),
        (4, 3, 384, 128), (2, 3, 192, 64), (2, 1, 64, joints),
    ]  # yapf: disable
    weights = sum(k * k * i * o for _, k, i, o in layers)
    products = sum((width // s) * (height // s) * k * k * i * o for s, k, i, o in layers)
    # Batch normalisation after all but the last, which has a bias.
    norms = sum(2 * o for *_, o in layers[:-1])
    return weights + norms + joints, products


@pytest.mark.parametrize('size', [(192, 192), (64, 128)])
def test_the_papers_network(size, mmpose_scope):
    cfg = Config.fromfile(config_path('cmb_k2hpd.py')).model
    cfg.backbone.input_size = size
    model = build_pose_estimator(cfg).train()
    cost = measure_complexity(model)
    parameters, products = table_1(*size)
    assert cost.parameters == parameters
    assert cost.multiply_adds == products
    assert cost.input_shape == (1, *size[::-1])
    assert model.training
    if size == (192, 192):
        assert round(parameters / 1e6, 2) == 3.31
        assert 5.71e9 < products < 5.73e9


def test_memory_and_statistics_are_no_parameters_but_are_stored(mmpose_scope):
    cfg = Config.fromfile(config_path('cmb_k2hpd_demo.py')).model
    with_memory = measure_complexity(build_pose_estimator(cfg))
    cfg.backbone.block = dict(type='DuplicatedInputBlock')
    without = measure_complexity(build_pose_estimator(cfg))
    assert with_memory.parameters == without.parameters
    memories = 32 * 32**2 + 64 * 16**2 + 128 * 8**2
    # Each block also stores r.
    assert with_memory.buffers - without.buffers == memories + 3
    assert with_memory.size_bytes - without.size_bytes == pytest.approx(4 * memories, rel=0.05)


def test_measuring_leaves_the_model_as_it_was(mmpose_scope):
    cfg = Config.fromfile(config_path('cmb_k2hpd_demo.py')).model
    model = build_pose_estimator(cfg).train()
    before = io.BytesIO()
    torch.save(model.state_dict(), before)
    measure_complexity(model)
    after = io.BytesIO()
    torch.save(model.state_dict(), after)
    assert before.getvalue() == after.getvalue() and model.training


@pytest.mark.parametrize(
    'module, shape, expected',
    [
        (nn.Conv2d(6, 4, 3, groups=2, padding=1), (6, 5, 7), 35 * 9 * 3 * 4),
        (nn.Conv2d(2, 4, 3, stride=2, padding=1), (2, 8, 8), 16 * 9 * 2 * 4),
        (nn.ConvTranspose2d(2, 3, 4, 2, 1), (2, 5, 5), 25 * 16 * 2 * 3),
        (nn.Linear(5, 3), (7, 5), 7 * 5 * 3),
        (nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2)), (2, 8, 8), 0),
    ],
)
def test_layers(module, shape, expected):
    assert count_multiply_adds(module.eval(), shape) == expected


def test_a_network_that_does_not_tell_its_size():
    with pytest.raises(ValueError, match='does not tell its input size'):
        measure_complexity(nn.Sequential(nn.Conv2d(1, 1, 1)))
