# The first part of the training of body_front_joints.py: small crops at a constant
# rate. Who lies is as wide as who stands is high, so crops are square.
_base_ = '../../../configs/cmb_light_itop_lift.py'

data_root = 'data/rooms/'
# Joints outside a crop, as the legs of somebody behind a counter, get low scores.
codec = dict(_base_.codec, input_size=(96, 96), heatmap_size=(24, 24), outside_is_empty=True)
# Without its memory blocks the network takes half of the time to train, and a
# training is as long as the time allows (README.md).
model = dict(
    backbone=dict(input_size=codec['input_size'], block=None),
    # Scores are probabilities, by tables that calibrate.py fits.
    head=dict(decoder=codec, out_channels=34, calibrated=True),
)

load = [dict(type='LoadDepthImage'), _base_.load[1]]
augment_box = [
    dict(type='RandomDepthFlip'),
    dict(type='RandomBoxTransform', shift_factor=0.1, scale_factor=(0.8, 1.3), rotate_factor=40.0),
]
affine = dict(_base_.affine, input_size=codec['input_size'])
augment_depth = [
    dict(type='RandomDepthHoles', max_blobs=4, blob_size=(0.01, 0.15), prob=0.5),
    dict(type='RandomDepthNoise', prob=0.3),
]
shift_depth = [dict(_base_.normalize[0], reference_jitter_m=0.08)]
train_pipeline = [
    *load,
    *augment_box,
    affine,
    *augment_depth,
    *shift_depth,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
test_pipeline = [*load, affine, *_base_.normalize, _base_.pack]

rooms = dict(
    type='RoomsDataset',
    metainfo=dict(from_file='configs/_base_/datasets/rooms.py'),
    data_root=data_root,
    data_prefix=dict(img='depth/'),
)
train_rooms = dict(rooms, ann_file='train.json', pipeline=train_pipeline)
train_dataloader = dict(
    batch_size=32,
    num_workers=1,
    dataset=dict(
        _delete_=True,
        type='ConcatDataset',
        datasets=[train_rooms, dict(train_rooms, data_root='data/stereo_rooms/')],
    ),
)
val_dataloader = dict(
    dataset=dict(
        rooms, _delete_=True, ann_file='test.json', test_mode=True, pipeline=test_pipeline
    )
)
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=8, val_interval=4)
# A processor without bfloat16 is faster with type='OptimWrapper'.
optim_wrapper = dict(type='BFloat16OptimWrapper', optimizer=dict(lr=2e-3))
param_scheduler = [dict(type='LinearLR', start_factor=0.05, end=100, by_epoch=False)]
custom_hooks = [
    *_base_.custom_hooks[:-1],
    dict(type='ChannelsLastHook'),
    dict(
        type='EMAHook', ema_type='ExpMomentumEMA', momentum=0.001, gamma=300, update_buffers=True
    ),
]
default_hooks = dict(
    logger=dict(interval=50),
    checkpoint=dict(save_best=None, by_epoch=True, interval=1, max_keep_ckpts=3),
)
