# Lite-HRNet-18 (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']))
model = dict(
    backbone=dict(
        _delete_=True,
        type='LiteHRNet',
        in_channels=1,
        extra=dict(
            stem=dict(stem_channels=32, out_channels=32, expand_ratio=1),
            num_stages=3,
            stages_spec=dict(
                num_modules=(2, 4, 2),
                num_branches=(2, 3, 4),
                num_blocks=(2, 2, 2),
                module_type=('LITE', 'LITE', 'LITE'),
                with_fuse=(True, True, True),
                reduce_ratios=(8, 8, 8),
                num_channels=((40, 80), (40, 80, 160), (40, 80, 160, 320))),
            with_head=True)),
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=40,
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
