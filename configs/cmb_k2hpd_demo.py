# A small training on synthetic data in K2HPD's format: 64x64 input, minutes
# on two CPU cores (make demo).
_base_ = 'cmb_k2hpd.py'

data_root = 'data/k2hpd_synthetic/'
codec = dict(_base_.codec, input_size=(64, 64), heatmap_size=(32, 32), sigma=1)
model = dict(
    backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec))

augment_box = [
    _base_.augment_box[0],
    dict(
        type='RandomBBoxTransform',
        shift_factor=0.08,
        scale_factor=(0.8, 1.25),
        rotate_factor=40.)
]
affine = dict(
    type='TopdownDepthAffine', input_size=codec['input_size'], use_udp=True)
train_pipeline = [
    *_base_.load, *augment_box, affine, *_base_.normalize,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
test_pipeline = [
    *_base_.load, affine, *_base_.normalize,
    dict(type='PackPoseInputs')
]
train_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=8, val_interval=2)
custom_hooks = [
    *_base_.custom_hooks[:-1],
    dict(type='MemoryRatioHook', milestones=((0, 1.), (250, 3.))),
    dict(type='ProgressHook')
]
optim_wrapper = dict(optimizer=dict(lr=1e-3))
