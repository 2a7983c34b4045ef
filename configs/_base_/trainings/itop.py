# ITOP, front view, of whatever network: data, augmentation, evaluation, the
# paper's schedule. set_codec fills in what is None.
_base_ = ['../schedules/cmb_adam.py', '../loaders.py']

data_root = 'data/itop/'

load = [
    dict(type='LoadDepthFrameFromHDF5'),
    # ITOPDataset's boxes have their margin already.
    dict(type='GetBBoxCenterScale', padding=1.0),
]
augment_box = [
    dict(type='RandomDepthFlip'),
    dict(
        type='RandomBoxTransform', shift_factor=0.08, scale_factor=(0.85, 1.2), rotate_factor=40.0
    ),
]
affine = dict(type='TopdownDepthAffine', input_size=None, use_udp=True)
normalize = [dict(type='NormalizeDepth', half_range_m=None)]
pack = dict(
    type='PackPoseInputs',
    meta_keys=(
        'id',
        'img_id',
        'img_path',
        'frame_index',
        'ori_shape',
        'img_shape',
        'input_size',
        'input_center',
        'input_scale',
        'flip',
        'flip_direction',
        'flip_indices',
        'dataset_name',
        'intrinsics',
        'person_depth_m',
    ),
)

train_pipeline = [
    *load,
    *augment_box,
    affine,
    *normalize,
    dict(type='GenerateTarget', encoder=None),
    pack,
]
test_pipeline = [*load, affine, *normalize, pack]

# 'side' is ITOP's name of the front view; the other is 'top'.
dataset = dict(type='ITOPDataset', data_root=data_root, view='side')
train_dataloader = dict(dataset=dict(split='train', pipeline=train_pipeline, **dataset))
val_dataloader = dict(
    dataset=dict(split='test', test_mode=True, pipeline=test_pipeline, **dataset)
)
test_dataloader = val_dataloader

val_evaluator = [
    dict(type='JointDistanceAccuracy', detail='summary'),
    dict(type='JointErrorMetric', detail='summary'),
]
test_evaluator = [dict(type='JointDistanceAccuracy'), dict(type='JointErrorMetric')]
visualizer = dict(unit_m=1.0)
default_hooks = dict(
    visualization=dict(type='DepthVisualizationHook', kpt_thr=0.0),
    checkpoint=dict(save_best='accuracy@10cm', rule='greater', interval=1, max_keep_ckpts=2),
)
