"""CMBNet and its head against Table 1 of the paper."""

import pytest
import torch
from torch import nn

from mmpose_cmb.models import CMBNet, HourglassHeatmapHead

K = 19
# Table 1 by hand: (in, out, kernel, resolution as a fraction of the input)
# of every convolution. A block at width c: three controllers of
# 3x3 (2c -> c) and 1x1 (c -> c); its output has 2c channels.
PLAIN = [
    (1, 32, 3, 1),
    (32, 32, 3, 1),
    (64, 64, 3, 2),
    (128, 128, 3, 4),
    (128, 128, 3, 4),
    (256, 256, 3, 8),
    (256, 256, 3, 8),
]
BLOCKS = [(32, 2), (64, 4), (128, 8)]
DECODER = [(384, 128, 3, 4), (192, 64, 3, 2), (64, K, 1, 2)]


def controllers(c, fraction):
    return 3 * [(2 * c, c, 3, fraction), (c, c, 1, fraction)]


TABLE_1 = PLAIN + [conv for block in BLOCKS for conv in controllers(*block)] + DECODER


def multiply_adds(net, head, size):
    total = 0

    def count(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()

    for module in [*net.modules(), *head.modules()]:
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(count)
    with torch.no_grad():
        head(net(torch.rand(1, 1, size, size)))
    return total


@pytest.mark.parametrize('size', [64, 192])
def test_multiply_adds_of_table_1(size):
    net = CMBNet((size, size)).eval()
    head = HourglassHeatmapHead((64, 128, 256), K).eval()
    expected = sum(i * o * k * k * (size // f) ** 2 for i, o, k, f in TABLE_1)
    assert multiply_adds(net, head, size) == expected
    if size == 192:
        # Table 5 prints 5.4 GFLOPs; with the doubled block output of
        # section 3.3 the layers of Table 1 give 5.7.
        assert round(expected / 1e9, 1) == 5.7


def test_parameters_of_table_1():
    net, head = CMBNet((64, 64)), HourglassHeatmapHead((64, 128, 256), K)
    convs = sum(i * o * k * k for i, o, k, _ in TABLE_1)
    norms = sum(2 * o for _, o, _, _ in TABLE_1[:-1])
    biases = K
    actual = sum(p.numel() for p in [*net.parameters(), *head.parameters()])
    assert actual == convs + norms + biases


def test_feature_maps_and_heat_maps():
    net = CMBNet((64, 96))
    features = net(torch.rand(2, 1, 96, 64))
    assert [tuple(f.shape) for f in features] == [
        (2, 64, 48, 32),
        (2, 128, 24, 16),
        (2, 256, 12, 8),
    ]
    head = HourglassHeatmapHead((64, 128, 256), K)
    assert head(features).shape == (2, K, 48, 32)
    assert [tuple(b.memory.shape) for b in net.blocks] == [
        (32, 48, 32),
        (64, 24, 16),
        (128, 12, 8),
    ]


def test_without_blocks_and_with_one_block():
    bare = CMBNet((64, 64), block=None)
    assert not [m for m in bare.modules() if hasattr(m, 'memory')]
    one = CMBNet((64, 64), block=[None, dict(type='ConvMemoryBlock'), None])
    memories = [n for n, _ in one.named_buffers() if n.endswith('.memory')]
    assert memories == ['blocks.1.memory']
    for net in (bare, one):
        assert net(torch.rand(1, 1, 64, 64))[-1].shape == (1, 256, 8, 8)


def test_other_widths_stages_and_channels():
    net = CMBNet(
        (32, 32),
        in_channels=3,
        stem_channels=(8,),
        stage_channels=((16,), (24,)),
        block=dict(type='ConvMemoryBlock', memory_channels=4),
    )
    head = HourglassHeatmapHead((16, 24), 5, decoder_channels=(12,))
    assert head(net(torch.rand(1, 3, 32, 32))).shape == (1, 5, 16, 16)
    assert net.blocks[0].memory.shape == (4, 16, 16)


def test_a_strided_stem_halves_everything_behind_it():
    net = CMBNet((64, 96), stem_stride=2)
    features = net(torch.rand(2, 1, 96, 64))
    assert [tuple(f.shape) for f in features] == [(2, 64, 24, 16), (2, 128, 12, 8), (2, 256, 6, 4)]
    assert [tuple(b.memory.shape) for b in net.blocks] == [(32, 24, 16), (64, 12, 8), (128, 6, 4)]
    head = HourglassHeatmapHead((64, 128, 256), K).eval()
    # The first convolution runs at half of the input, the others at a half of
    # where they were.
    quarter = sum(i * o * k * k * (64 // (2 * f)) ** 2 for i, o, k, f in TABLE_1)
    net = CMBNet((64, 64), stem_stride=2).eval()
    assert multiply_adds(net, head, 64) == quarter


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match='divisible by 16: the stem has stri'):
        CMBNet((72, 64), stem_stride=2)
    with pytest.raises(ValueError, match=r'\(60, 64\) must be divisible by 8'):
        CMBNet((60, 64))
    with pytest.raises(ValueError, match='got 2 block configs for 3 stages'):
        CMBNet((64, 64), block=[None, None])
    with pytest.raises(ValueError, match=r'\(64, 64\), got \(32, 64\)'):
        CMBNet((64, 64))(torch.rand(1, 1, 64, 32))
    with pytest.raises(ValueError, match=r'need 2 decoder_channels, got'):
        HourglassHeatmapHead((64, 128, 256), K, decoder_channels=(128,))
