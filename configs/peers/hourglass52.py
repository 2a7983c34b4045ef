# The stacked hourglass with one stack (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']))
model = dict(
    backbone=dict(
        _delete_=True,
        type='DepthStem', backbone=dict(type='HourglassNet', num_stacks=1)),
    head=dict(
        _delete_=True,
        type='CPMHead',
        in_channels=256,
        num_stages=1,
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
