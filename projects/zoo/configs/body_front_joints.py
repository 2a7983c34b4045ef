# The light network for whole bodies seen from the front, the side and behind: the
# 34 joints of synthetic rooms (`tools/synthesize.py --layout rooms`, a third of the
# frames by `--sensor active_stereo`) in the image and in space, of which
# body_front.py and body_front_kinect.py ship a set each. The second part of the
# training, after body_front_start.py, whose weights `load_from` names: larger
# crops, turned and holed further, a falling rate.
_base_ = 'body_front_start.py'

iterations = 7000
codec = dict(_base_.codec, input_size=(128, 128), heatmap_size=(32, 32))
model = dict(backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec))

# Whoever lies is turned by up to a right angle.
augment_box = [
    _base_.augment_box[0],
    dict(_base_.augment_box[1], rotate_factor=80.0, rotate_prob=0.4),
]
affine = dict(_base_.affine, input_size=codec['input_size'])
augment_depth = [
    dict(type='RandomDepthHoles', max_blobs=6, blob_size=(0.01, 0.2), prob=0.5),
    _base_.augment_depth[1],
    dict(type='RandomDepthSmoothing'),
]
train_pipeline = [
    *_base_.load,
    *augment_box,
    affine,
    *augment_depth,
    *_base_.shift_depth,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
test_pipeline = [*_base_.load, affine, *_base_.normalize, _base_.pack]
train_dataloader = dict(
    dataset=dict(
        datasets=[
            dict(rooms, pipeline=train_pipeline)
            for rooms in _base_.train_dataloader.dataset.datasets
        ]
    )
)
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=13)
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
