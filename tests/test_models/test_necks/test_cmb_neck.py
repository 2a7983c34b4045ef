"""CMBNeck: memory blocks on MMPose's own backbones, from a config."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.structures import InstanceData, PixelData

from mmpose.models import build_pose_estimator
from mmpose.registry import KEYPOINT_CODECS
from mmpose.structures import PoseDataSample
from mmpose_cmb.engine import MemoryRatioHook
from mmpose_cmb.models import CMBNeck, ConvMemoryBlock, DuplicatedInputBlock

INPUT = (32, 64)  # width, height
HEATMAPS = dict(type='UDPHeatmap', input_size=INPUT, heatmap_size=(8, 16), sigma=2)
SIMCC = dict(
    type='SimCCLabel',
    input_size=INPUT,
    sigma=(4.9, 5.66),
    simcc_split_ratio=2.0,
    normalize=False,
    use_dark=False,
)


def hrnet_stage(modules, *channels):
    return dict(
        num_modules=modules,
        num_branches=len(channels),
        block='BASIC' if len(channels) > 1 else 'BOTTLENECK',
        num_blocks=(1,) * len(channels),
        num_channels=channels,
    )


def heatmap_head(channels, deconvs=()):
    return dict(
        type='HeatmapHead',
        in_channels=channels,
        out_channels=3,
        deconv_out_channels=deconvs,
        deconv_kernel_sizes=(4,) * len(deconvs),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=HEATMAPS,
    )


ESTIMATORS = {
    'resnet': dict(
        backbone=dict(type='ResNet', depth=18, in_channels=1, out_indices=(2, 3)),
        neck=dict(in_channels=(256, 512), strides=(16, 32), indices=(-1,)),
        head=heatmap_head(512, (8, 8, 8)),
    ),
    'hrnet': dict(
        backbone=dict(
            type='HRNet',
            in_channels=1,
            extra=dict(
                stage1=hrnet_stage(1, 8),
                stage2=hrnet_stage(1, 4, 8),
                stage3=hrnet_stage(1, 4, 8, 16),
                stage4=hrnet_stage(1, 4, 8, 16, 32),
            ),
        ),
        neck=dict(in_channels=(4,), strides=(4,)),
        head=heatmap_head(4),
    ),
    'cspnext': dict(
        backbone=dict(
            _scope_='mmdet',
            type='CSPNeXt',
            arch='P5',
            deepen_factor=0.167,
            widen_factor=0.125,
            out_indices=(3, 4),
            expand_ratio=0.5,
            channel_attention=True,
            norm_cfg=dict(type='BN'),
            act_cfg=dict(type='SiLU'),
        ),
        neck=dict(in_channels=(64, 128), strides=(16, 32), indices=(-1,)),
        head=dict(
            type='RTMCCHead',
            in_channels=128,
            out_channels=3,
            input_size=INPUT,
            in_featuremap_size=(1, 2),
            simcc_split_ratio=2.0,
            final_layer_kernel_size=7,
            gau_cfg=dict(
                hidden_dims=16,
                s=8,
                expansion_factor=2,
                dropout_rate=0.0,
                drop_path=0.0,
                act_fn='SiLU',
                use_rel_bias=False,
                pos_enc=False,
            ),
            loss=dict(type='KLDiscretLoss', use_target_weight=True),
            decoder=SIMCC,
        ),
    ),
}


def make_estimator(name):
    parts = ESTIMATORS[name]
    torch.manual_seed(0)
    return build_pose_estimator(
        dict(
            type='TopdownPoseEstimator',
            backbone=parts['backbone'],
            neck=dict(type='CMBNeck', input_size=INPUT, **parts['neck']),
            head=parts['head'],
            test_cfg=dict(flip_test=True, flip_mode='heatmap'),
        )
    )


def make_sample(codec):
    """A sample whose labels the codec has encoded."""
    keypoints = torch.tensor([[[9.0, 12.0], [16.0, 40.0], [25.0, 50.0]]]).numpy()
    visible = torch.ones(1, 3).numpy()
    encoded = KEYPOINT_CODECS.build(codec).encode(keypoints, visible)
    sample = PoseDataSample(
        metainfo=dict(
            flip_indices=[0, 2, 1],
            input_size=INPUT,
            input_center=torch.tensor([16.0, 32.0]).numpy(),
            input_scale=torch.tensor([32.0, 64.0]).numpy(),
        )
    )
    sample.gt_instances = InstanceData(
        bboxes=torch.tensor([[0.0, 0, 32, 64]]).numpy(),
        bbox_scores=torch.ones(1).numpy(),
        keypoints=keypoints,
        keypoints_visible=visible,
    )
    labels = InstanceData()
    for key in ('keypoint_x_labels', 'keypoint_y_labels', 'keypoint_weights'):
        if key in encoded:
            labels.set_field(torch.as_tensor(encoded[key]), key)
    sample.gt_instance_labels = labels
    if 'heatmaps' in encoded:
        sample.gt_fields = PixelData(heatmaps=torch.as_tensor(encoded['heatmaps']))
    return sample


@pytest.mark.parametrize('name', ESTIMATORS)
def test_training_step_and_prediction(name, mmpose_scope):
    model = make_estimator(name)
    codec = SIMCC if name == 'cspnext' else HEATMAPS
    channels = 3 if name == 'cspnext' else 1
    inputs = torch.rand(2, channels, 64, 32)
    samples = [make_sample(codec), make_sample(codec)]
    blocks = list(model.neck.blocks.values())
    assert len(blocks) == 1
    before = [block.memory.clone() for block in blocks]

    loss, _ = model.parse_losses(model.loss(inputs, samples))
    loss.backward()

    for block, memory in zip(blocks, before):
        assert not torch.equal(block.memory, memory)
        assert block.output_controller.spatial.conv.weight.grad.abs().sum()
    stem = next(model.backbone.parameters())
    assert stem.grad.abs().sum() > 0

    model.eval()
    before = [block.memory.clone() for block in blocks]
    with torch.no_grad():
        predictions = model.predict(inputs, samples)
    assert predictions[0].pred_instances.keypoints.shape == (1, 3, 2)
    assert all(torch.equal(block.memory, memory) for block, memory in zip(blocks, before))


def test_the_ratio_hook_reaches_the_blocks(mmpose_scope):
    model = torch.nn.Sequential(make_estimator('resnet'), CMBNeck((32, 64), (4, 8), (8, 16)))
    hook = MemoryRatioHook(((0, 2.0),))
    hook.before_train_iter(SimpleNamespace(model=model, iter=0, hooks=[]), 0)
    limits = [float(m.ratio_limit) for m in model.modules() if isinstance(m, ConvMemoryBlock)]
    assert limits == [2.0, 2.0, 2.0]


def test_only_chosen_maps_change_and_shapes_stay():
    neck = CMBNeck((32, 64), (4, 8), (8, 16), indices=(0,))
    maps = [torch.rand(2, 4, 8, 4), torch.rand(2, 8, 4, 2)]
    first, second = neck(maps)
    assert second is maps[1] and first.shape == maps[0].shape
    # What the 1x1 convolution is given: the map and what the block adds.
    block = neck.blocks['0'].eval()
    neck.eval()
    expected = neck.reducers['0'](block(maps[0]))
    torch.testing.assert_close(neck(maps)[0], expected)


def test_any_block_will_do():
    neck = CMBNeck((32, 64), (4,), (8,), block=dict(type='DuplicatedInputBlock'))
    assert isinstance(neck.blocks['0'], DuplicatedInputBlock)
    assert neck([torch.rand(1, 4, 8, 4)])[0].shape == (1, 4, 8, 4)


@pytest.mark.parametrize(
    'kwargs, message',
    [
        (dict(in_channels=(4, 8), strides=(8,)), '2 in_channels and 1 strides'),
        (
            dict(in_channels=(4,), strides=(8,), indices=(1,)),
            r'indices \[1\]: the backbone has 1 map',
        ),
        (dict(in_channels=(4,), strides=(24,)), 'not divisible by 24, the'),
    ],
)
def test_arguments_that_do_not_fit(kwargs, message):
    with pytest.raises(ValueError, match=message):
        CMBNeck((32, 64), **kwargs)


def test_another_number_of_maps():
    neck = CMBNeck((32, 64), (4, 8), (8, 16))
    with pytest.raises(ValueError, match='built for 2 maps.*gives 1'):
        neck([torch.rand(1, 4, 8, 4)])
