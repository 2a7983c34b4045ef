# The stacked hourglass with one stack (MMPose), one-channel depth instead of
# colour. It halves its input seven times: 256x256 in place of 192x192.
_base_ = '../cmb_k2hpd.py'

codec = dict(_base_.codec, input_size=(256, 256), heatmap_size=(64, 64))
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

affine = dict(
    type='TopdownDepthAffine', input_size=codec['input_size'], use_udp=True)
train_pipeline = [
    *_base_.load, *_base_.augment_box, affine, *_base_.augment_depth,
    *_base_.normalize,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
test_pipeline = [
    *_base_.load, affine, *_base_.normalize,
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
