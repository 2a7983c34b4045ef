# ASTAR's hands with the paper's head (section 5.1).
_base_ = 'cmb_itop.py'

data_root = 'data/astar/'
# A hand is some 20 cm across.
codec = dict(_base_.codec, half_range_m=0.15)
model = dict(
    head=dict(out_channels=20, decoder=codec),
    # All hands are of one side: nothing to flip.
    test_cfg=dict(flip_test=False))

load = [
    dict(type='LoadSKDepth'),
    dict(type='GetBBoxCenterScale', padding=1.0),
]
normalize = [
    dict(type='NormalizeDepth', half_range_m=codec['half_range_m']),
]
train_pipeline = [
    *load, _base_.augment_box[1], _base_.affine, *normalize,
    dict(type='GenerateTarget', encoder=codec), _base_.pack
]
test_pipeline = [*load, _base_.affine, *normalize, _base_.pack]

dataset = dict(
    _delete_=True, type='ASTARDataset', data_root=data_root,
    label_convention='offset_px')
train_dataloader = dict(
    dataset=dict(split='train', pipeline=train_pipeline, **dataset))
val_dataloader = dict(
    dataset=dict(
        split='test', test_mode=True, pipeline=test_pipeline, **dataset))
test_dataloader = val_dataloader

# 435 frames an epoch: 29,000 iterations of 16. The paper gives no number.
train_cfg = dict(max_epochs=1000, val_interval=50)
val_evaluator = [
    dict(
        type='JointErrorMetric',
        distances_mm=(10, 20, 30, 40, 50),
        detail='summary')
]
test_evaluator = [
    dict(type='JointErrorMetric', distances_mm=(10, 20, 30, 40, 50)),
    dict(
        type='JointErrorMetric',
        distances_mm=(10, 20, 30, 40, 50),
        root='wrist',
        prefix='aligned')
]
default_hooks = dict(
    checkpoint=dict(save_best='error_mm/mean', rule='less', interval=50))
