# HRNet-W32 (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']))
model = dict(
    backbone=dict(
        _delete_=True,
        type='HRNet',
        in_channels=1,
        extra=dict(
            stage1=dict(
                num_modules=1,
                num_branches=1,
                block='BOTTLENECK',
                num_blocks=(4, ),
                num_channels=(64, )),
            stage2=dict(
                num_modules=1,
                num_branches=2,
                block='BASIC',
                num_blocks=(4, 4),
                num_channels=(32, 64)),
            stage3=dict(
                num_modules=4,
                num_branches=3,
                block='BASIC',
                num_blocks=(4, 4, 4),
                num_channels=(32, 64, 128)),
            stage4=dict(
                num_modules=3,
                num_branches=4,
                block='BASIC',
                num_blocks=(4, 4, 4, 4),
                num_channels=(32, 64, 128, 256)))),
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=32,
        deconv_out_channels=None,
        out_channels=_base_.model.head.out_channels,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec))

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
