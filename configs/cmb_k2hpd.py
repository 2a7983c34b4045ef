# The paper's training on K2HPD (section 5).
_base_ = [
    '_base_/schedules/cmb_adam.py', '_base_/models/cmb.py', '_base_/loaders.py'
]

data_root = 'data/k2hpd/'
codec = _base_.codec

# Named pieces: a config of another input size puts them together anew.
load = [
    # The published images are grey levels without a unit. 20 mm a level is
    # that of the synthetic set (tools/synthesize.py).
    dict(type='LoadDepthImage', unit_m=0.02),
    # K2HPDDataset's boxes have their margin already.
    dict(type='GetBBoxCenterScale', padding=1.0),
]
augment_box = [
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBoxTransform',
        shift_prob=0.,
        scale_factor=(1., 1.),
        scale_prob=0.,
        rotate_factor=60.),
]
augment_depth = []
normalize = [dict(type='NormalizeDepth', half_range_m=1.0)]

train_pipeline = [
    *load, *augment_box,
    dict(
        type='TopdownDepthAffine',
        input_size=codec['input_size'],
        use_udp=True),
    *augment_depth, *normalize,
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
test_pipeline = [
    *load,
    dict(
        type='TopdownDepthAffine',
        input_size=codec['input_size'],
        use_udp=True),
    *normalize,
    dict(type='PackPoseInputs')
]

dataset = dict(
    type='K2HPDDataset',
    data_root=data_root,
    data_prefix=dict(img='depth_data/depth_images/'))
train_dataloader = dict(
    dataset=dict(
        ann_file='train_annos.txt', pipeline=train_pipeline, **dataset))
val_dataloader = dict(
    dataset=dict(
        ann_file='test_annos.txt',
        test_mode=True,
        pipeline=test_pipeline,
        **dataset))
test_dataloader = val_dataloader

val_evaluator = [
    dict(type='PDJAccuracy', detail='summary'),
    dict(type='HeadPCKAccuracy', detail='summary')
]
test_evaluator = [dict(type='PDJAccuracy'), dict(type='HeadPCKAccuracy')]

visualizer = dict(unit_m=load[0]['unit_m'])
default_hooks = dict(
    # Every joint is shown, however low its heat map.
    visualization=dict(kpt_thr=0.),
    checkpoint=dict(
        save_best='PDJ@0.20', rule='greater', interval=1, max_keep_ckpts=2))
