# The paper's training on K2HPD (section 5), of whatever network: data,
# augmentation, evaluation, schedule. set_codec fills in what is None.
_base_ = ['../schedules/cmb_adam.py', '../loaders.py']

data_root = 'data/k2hpd/'

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
        shift_prob=0.0,
        scale_factor=(1.0, 1.0),
        scale_prob=0.0,
        rotate_factor=60.0,
    ),
]
affine = dict(type='TopdownDepthAffine', input_size=None, use_udp=True)
normalize = [dict(type='NormalizeDepth', half_range_m=1.0)]
pack = dict(
    type='PackPoseInputs',
    # MMPose's, and those of a dataset with a sequence_length.
    meta_keys=(
        'id',
        'img_id',
        'img_path',
        'category_id',
        'crowd_index',
        'ori_shape',
        'img_shape',
        'input_size',
        'input_center',
        'input_scale',
        'flip',
        'flip_direction',
        'flip_indices',
        'raw_ann_info',
        'dataset_name',
        'sequence_index',
        'sequence_start',
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

dataset = dict(
    type='K2HPDDataset', data_root=data_root, data_prefix=dict(img='depth_data/depth_images/')
)
train_dataloader = dict(
    dataset=dict(ann_file='train_annos.txt', pipeline=train_pipeline, **dataset)
)
val_dataloader = dict(
    dataset=dict(ann_file='test_annos.txt', test_mode=True, pipeline=test_pipeline, **dataset)
)
test_dataloader = val_dataloader

val_evaluator = [
    dict(type='PDJAccuracy', detail='summary'),
    dict(type='HeadPCKAccuracy', detail='summary'),
]
test_evaluator = [dict(type='PDJAccuracy'), dict(type='HeadPCKAccuracy')]

visualizer = dict(unit_m=load[0]['unit_m'])
default_hooks = dict(
    # Every joint is shown, however low its heat map.
    visualization=dict(kpt_thr=0.0),
    checkpoint=dict(save_best='PDJ@0.20', rule='greater', interval=1, max_keep_ckpts=2),
)
