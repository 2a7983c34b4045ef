# Hands at 64x64 input on synthetic data, minutes on two CPU cores.
_base_ = 'cmb_astar.py'

data_root = 'data/astar_synthetic/'
codec = dict(
    _base_.codec,
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1,
    blur_kernel_size=5)
model = dict(
    backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec))

affine = dict(_base_.affine, input_size=codec['input_size'])
train_pipeline = [
    *_base_.load, _base_.augment_box[1], affine, *_base_.normalize,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
test_pipeline = [*_base_.load, affine, *_base_.normalize, _base_.pack]
train_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=10, val_interval=5)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=30, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=1,
        end=10,
        by_epoch=True,
        convert_to_iter_based=True)
]
custom_hooks = [
    *_base_.custom_hooks[:-1],
    dict(type='MemoryRatioHook', milestones=((0, 1.), (150, 3.))),
    dict(type='ProgressHook')
]
default_hooks = dict(checkpoint=dict(save_best=None, interval=5))
