# Convolutional pose machines (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 8 for size in _base_.codec['input_size']))
model = dict(
    backbone=dict(
        _delete_=True,
        type='DepthStem',
        backbone=dict(
            type='CPM',
            in_channels=3,
            out_channels=_base_.model.head.out_channels,
            feat_channels=128,
            num_stages=6)),
    head=dict(
        _delete_=True,
        type='CPMHead',
        in_channels=_base_.model.head.out_channels,
        num_stages=6,
        deconv_out_channels=None,
        final_layer=None,
        out_channels=_base_.model.head.out_channels,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec))

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
