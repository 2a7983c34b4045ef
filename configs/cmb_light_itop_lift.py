# cmb_light_k2hpd.py's network on ITOP, with a depth map beside each heat map.
_base_ = 'cmb_itop_lift.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']),
    sigma=1,
    blur_kernel_size=5)
model = dict(
    backbone=dict(
        stem_channels=(16, 24),
        stem_stride=2,
        stage_channels=((48, ), (80, 80), (128, 128), (160, 160))),
    head=dict(
        in_channels=(48, 80, 128, 160),
        decoder_channels=(96, 64, 48),
        depth_channels=64,
        decoder=codec))

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
