# The light network for a hand before a camera: ASTAR's 20 joints in the image and
# in space, of right and of left hands. The second part of the training, after
# hand_start.py, whose weights `load_from` names: larger crops, a falling rate.
_base_ = 'hand_start.py'

iterations = 3500
codec = dict(_base_.codec, input_size=(128, 128), heatmap_size=(32, 32))
model = dict(backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec))
affine = dict(_base_.affine, input_size=codec['input_size'])
train_pipeline = [
    *_base_.load,
    *_base_.augment_box,
    affine,
    *_base_.augment_depth,
    *_base_.shift_depth,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
test_pipeline = [*_base_.load, affine, *_base_.normalize, _base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=8)
optim_wrapper = dict(optimizer=dict(lr=1.5e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=40, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=40,
        end=iterations,
        T_max=iterations - 40,
        eta_min=1e-5,
        by_epoch=False,
    ),
]
