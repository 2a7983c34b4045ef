"""Folded networks against the networks they were folded from, in float64."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mmpose.registry import MODELS
from mmpose_cmb.models import (
    CMBNet,
    ConvMemoryBlock,
    HourglassFullyConnectedHead,
    HourglassHeatmapHead,
    HourglassLiftHead,
)
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.models.folding.row_pairs import (
    Products,
    RowPairConv,
    RowQuads,
    join_rows,
    kernel_quad,
)
from mmpose_cmb.models.folding.upsampled_convolution import transposed_kernel

K = 5
SIZE = (48, 32)  # width, height
RUNTIMES = ('pytorch', 'onnxruntime')
WIDTHS = dict(stem_channels=(4,), stage_channels=((6,), (8,), (10, 10)))
CODEC = dict(
    type='DepthHeatmap',
    input_size=SIZE,
    heatmap_size=(24, 16),
    sigma=1,
    blur_kernel_size=5,
    half_range_m=0.5,
)


def randomized(module, ratio_limit=3.0):
    """Any weights, statistics and memories, in double precision."""
    torch.manual_seed(0)
    module = module.double().eval()
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_()
            part.running_var.uniform_(0.5, 2)
            nn.init.uniform_(part.weight, -1.5, 1.5)
            nn.init.normal_(part.bias)
        if isinstance(part, nn.Conv2d):
            # The heads start with narrow last layers.
            nn.init.kaiming_normal_(part.weight)
        if isinstance(part, ConvMemoryBlock):
            part.memory.normal_()
            part.set_ratio_limit(ratio_limit)
    return module


def images(batch=2):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(batch, 1, *SIZE[::-1], generator=generator, dtype=torch.float64)


def features(channels=(6, 8, 10), sizes=((16, 24), (8, 12), (4, 6))):
    generator = torch.Generator().manual_seed(2)
    return tuple(
        torch.randn(2, c, *s, generator=generator, dtype=torch.float64)
        for c, s in zip(channels, sizes)
    )


def assert_same(actual, expected):
    scale = expected.abs().max()
    assert scale > 1e-3
    assert (actual - expected).abs().max() < 1e-9 * scale


def kinds(module):
    return {type(part).__name__ for part in module.modules()}


@pytest.mark.parametrize('memory_channels', [None, 3, 12])
@pytest.mark.parametrize('ratio_limit', [1.0, 1.5, 3.0])
@torch.no_grad()
def test_backbone(ratio_limit, memory_channels):
    block = dict(type='ConvMemoryBlock', memory_channels=memory_channels)
    net = randomized(CMBNet(SIZE, block=block, **WIDTHS), ratio_limit)
    before = copy.deepcopy(net.state_dict())
    folded = fold_for_inference(net)
    for actual, expected in zip(folded(images()), net(images())):
        assert_same(actual, expected)
    assert not kinds(folded) & {'ConvMemoryBlock', 'ConvModule', 'BatchNorm2d'}
    # It is a copy.
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])


@torch.no_grad()
def test_the_memory_is_read_on_both_sides_of_its_limits():
    """The random memories do reach both clips, and the range between."""
    net = randomized(CMBNet(SIZE, **WIDTHS))
    block, seen = net.blocks[0], []
    block.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    net(images())
    x = seen[0]
    inside = (block.memory > x / 3) & (block.memory < 3 * x)
    for mask in (inside, block.memory < x / 3, block.memory > 3 * x):
        assert mask.any()


@torch.no_grad()
def test_backbone_without_blocks_and_with_one():
    for block in (None, [None, dict(type='ConvMemoryBlock'), None]):
        net = randomized(CMBNet(SIZE, block=block, **WIDTHS))
        assert_same(fold_for_inference(net)(images())[-1], net(images())[-1])


@pytest.mark.parametrize('runtime', RUNTIMES)
@torch.no_grad()
def test_backbone_with_a_strided_stem(runtime):
    # The last map's height is odd behind the stride, and even without it.
    net = randomized(CMBNet((32, 48), stem_stride=2, **WIDTHS))
    crops = images().transpose(2, 3)
    assert net(crops)[-1].shape[-2] == 3
    for actual, expected in zip(fold_for_inference(net, runtime)(crops), net(crops)):
        assert_same(actual, expected)


@MODELS.register_module()
class DoublingBlock(nn.Module):
    """A user's block: no rule is known for it."""

    def __init__(self, channels, feature_size):
        super().__init__()
        self.out_channels = 2 * channels
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.cat([self.norm(x), x], dim=1)


class SquaredBlock(ConvMemoryBlock):
    """A subclass may compute anything."""

    def forward(self, x):
        return super().forward(x) ** 2


@torch.no_grad()
def test_unknown_blocks_and_heads_pass_through():
    net = randomized(CMBNet(SIZE, block=dict(type='DoublingBlock'), **WIDTHS))
    folded = fold_for_inference(net)
    assert_same(folded(images())[-1], net(images())[-1])
    assert type(folded.blocks[0]) is DoublingBlock

    net = CMBNet(SIZE, **WIDTHS)
    net.blocks[1] = SquaredBlock(6, (8, 12))
    net = randomized(net)
    folded = fold_for_inference(net)
    assert_same(folded(images())[-1], net(images())[-1])
    assert type(folded.blocks[1]) is SquaredBlock

    class OtherHead(HourglassHeatmapHead):
        pass

    head = randomized(OtherHead((6, 8, 10), K, (7, 9)))
    assert kinds(fold_for_inference(head)) == kinds(head)


@pytest.mark.parametrize('runtime', RUNTIMES)
@pytest.mark.parametrize(
    'cls', [HourglassHeatmapHead, HourglassLiftHead, HourglassFullyConnectedHead]
)
@torch.no_grad()
def test_heads(cls, runtime):
    options = {} if cls is HourglassHeatmapHead else dict(decoder=CODEC)
    head = randomized(cls((6, 8, 10), K, (7, 9), **options))
    folded = fold_for_inference(head, runtime)
    merged = head.merge(features())
    assert_same(folded.merge(features()), merged)
    if cls is HourglassLiftHead:
        assert_same(folded.depth_maps(merged), head.depth_maps(merged))
    assert 'BatchNorm2d' not in kinds(folded)


@pytest.mark.parametrize('runtime', RUNTIMES)
@torch.no_grad()
def test_maps_that_are_not_two_times_as_large(runtime):
    head = randomized(HourglassHeatmapHead((6, 8, 10), K, (7, 9)))
    uneven = features(sizes=((17, 40), (9, 12), (3, 6)))
    assert_same(fold_for_inference(head, runtime).merge(uneven), head.merge(uneven))


def test_transposed_kernel_is_upsampling_and_convolution():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 4, dtype=torch.float64)
    weight = torch.randn(6, 3, 3, 3, dtype=torch.float64)
    expected = F.conv2d(F.interpolate(x, scale_factor=2, mode='nearest'), weight, padding=1)
    actual = F.conv_transpose2d(x, transposed_kernel(weight), stride=2, padding=1)
    assert_same(actual, expected)


@pytest.mark.parametrize('runtime', RUNTIMES)
@torch.no_grad()
def test_estimator_predicts_the_same(runtime, mmpose_scope):
    model = MODELS.build(
        dict(
            type='TopdownPoseEstimator',
            data_preprocessor=dict(type='PoseDataPreprocessor'),
            backbone=dict(type='CMBNet', input_size=SIZE, **WIDTHS),
            head=dict(
                type='HourglassLiftHead',
                in_channels=(6, 8, 10),
                out_channels=K,
                decoder_channels=(7, 9),
                decoder=CODEC,
            ),
        )
    )
    model = randomized(model)
    folded = fold_for_inference(model, runtime)
    expected = model.head.decode_tensors(model.backbone(images()))
    actual = folded.head.decode_tensors(folded.backbone(images()))
    assert set(actual) == set(expected) == {'heatmaps', 'keypoints', 'scores', 'keypoints_uvd'}
    # The heads answer in single precision.
    for name, value in expected.items():
        torch.testing.assert_close(actual[name], value, rtol=1e-5, atol=1e-5 * value.abs().max())


def test_other_data_types_and_training_mode():
    net = CMBNet(SIZE, **WIDTHS)
    with pytest.raises(ValueError, match=r'call model.eval\(\) first'):
        fold_for_inference(net)
    folded = fold_for_inference(net.eval())
    assert not any(part.training for part in folded.modules())
    assert not any(p.requires_grad for p in folded.parameters())
    with pytest.raises(ValueError, match='folded already'):
        fold_for_inference(folded)
    with pytest.raises(ValueError, match='runtime must be one of'):
        fold_for_inference(net, 'onnx')
    with pytest.raises(ValueError, match='a folded network is for inference'):
        folded.train()(images().float())
    half = fold_for_inference(CMBNet(SIZE, **WIDTHS).bfloat16().eval())
    assert half(images().bfloat16())[-1].dtype == torch.bfloat16


@pytest.mark.parametrize('height', [2, 6])
def test_rows_in_pairs_are_a_convolution(height):
    torch.manual_seed(0)
    x = torch.randn(2, 3, height, 5, dtype=torch.float64)
    weight = torch.randn(4, 3, 3, 3, dtype=torch.float64)
    bias = torch.randn(4, dtype=torch.float64)
    expected = F.conv2d(x, weight, bias, padding=1)
    quads = RowQuads(3, x)
    conv = RowPairConv(4, x, Products(kernel_quad(weight), bias, x))
    pair = (x[:, :, ::2], x[:, :, 1::2])
    for quad in (quads.of_map(x), quads.of_pair(pair)):
        assert_same(join_rows(conv(quad)), expected)
