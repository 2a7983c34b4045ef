# SimpleBaseline with a ResNet-50 (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']))
model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet', depth=50, in_channels=1),
    head=dict(
        _delete_=True,
        type='HeatmapHead',
        in_channels=2048,
        out_channels=_base_.model.head.out_channels,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec))

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
