# A small training on synthetic data in K2HPD's format: 64x64 input, minutes
# on two CPU cores (make demo).
_base_ = 'cmb_k2hpd.py'

data_root = 'data/k2hpd_synthetic/'
# The decoder's blur fits the heat maps' sigma (5 cells: 1.1, by OpenCV's rule).
codec = dict(
    _base_.codec,
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1,
    blur_kernel_size=5)
model = dict(
    backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec))

augment_box = [
    _base_.augment_box[0],
    dict(
        type='RandomBoxTransform',
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

# 600 iterations of 16, against the paper's 100,000: a higher rate that falls
# to zero, and r = 3 after a third of them.
train_cfg = dict(max_epochs=8, val_interval=2)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=50, end=600, by_epoch=False)
]
custom_hooks = [
    *_base_.custom_hooks[:-1],
    dict(type='MemoryRatioHook', milestones=((0, 1.), (200, 3.))),
    dict(type='ProgressHook')
]
default_hooks = dict(checkpoint=dict(save_best=None))
