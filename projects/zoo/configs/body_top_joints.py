# body_front_joints.py's network for people seen from above, trained on synthetic
# ceilings (`tools/synthesize.py --layout rooms --views top`), beginning with the
# weights of that one.
_base_ = 'body_front_joints.py'

data_root = 'data/ceilings/'
iterations = 2480
# The floor, 1.5 m under a standing person's middle, tells the camera's tilt and
# how tall somebody is, whose legs nobody sees.
codec = dict(_base_.codec, half_range_m=1.5)
model = dict(head=dict(decoder=codec))
normalize = [dict(_base_.normalize[0], half_range_m=1.5)]

# A camera under the ceiling hangs any way round.
augment_box = [
    _base_.augment_box[0],
    dict(_base_.augment_box[1], rotate_factor=120.0, rotate_prob=0.5),
]
train_pipeline = [
    *_base_.load,
    *augment_box,
    _base_.affine,
    *_base_.augment_depth,
    dict(normalize[0], reference_jitter_m=0.08),
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
test_pipeline = [*_base_.load, _base_.affine, *normalize, _base_.pack]
train_dataloader = dict(
    dataset=dict(_base_.train_rooms, _delete_=True, data_root=data_root, pipeline=train_pipeline)
)
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

train_cfg = dict(max_epochs=8)
param_scheduler = [
    _base_.param_scheduler[0],
    dict(_base_.param_scheduler[1], end=iterations, T_max=iterations - 40),
]
