# ITOP, front view, with the paper's head: two fully connected layers of 1024
# on the heat maps regress the joints in space (section 5.1).
_base_ = [
    '_base_/schedules/cmb_adam.py', '_base_/models/cmb.py', '_base_/loaders.py'
]

data_root = 'data/itop/'
view = 'side'  # ITOP's name of the front view; or 'top'
codec = dict(
    type='DepthHeatmap',
    input_size=(192, 192),
    heatmap_size=(96, 96),
    sigma=2,
    half_range_m=1.0)
model = dict(
    head=dict(
        type='HourglassFullyConnectedHead', out_channels=15, decoder=codec))

load = [
    dict(type='LoadDepthFrameFromHDF5'),
    # ITOPDataset's boxes have their margin already.
    dict(type='GetBBoxCenterScale', padding=1.0),
]
augment_box = [
    dict(type='RandomDepthFlip'),
    dict(
        type='RandomBoxTransform',
        shift_factor=0.08,
        scale_factor=(0.85, 1.2),
        rotate_factor=40.),
]
normalize = [
    dict(type='NormalizeDepth', half_range_m=codec['half_range_m']),
]
pack = dict(
    type='PackPoseInputs',
    meta_keys=('id', 'img_id', 'img_path', 'frame_index', 'ori_shape',
               'img_shape', 'input_size', 'input_center', 'input_scale',
               'flip', 'flip_direction', 'flip_indices', 'dataset_name',
               'intrinsics', 'person_depth_m'))
affine = dict(
    type='TopdownDepthAffine', input_size=codec['input_size'], use_udp=True)

train_pipeline = [
    *load, *augment_box, affine, *normalize,
    dict(type='GenerateTarget', encoder=codec), pack
]
test_pipeline = [*load, affine, *normalize, pack]

dataset = dict(type='ITOPDataset', data_root=data_root, view=view)
train_dataloader = dict(
    dataset=dict(split='train', pipeline=train_pipeline, **dataset))
val_dataloader = dict(
    dataset=dict(
        split='test', test_mode=True, pipeline=test_pipeline, **dataset))
test_dataloader = val_dataloader

val_evaluator = [
    dict(type='JointDistanceAccuracy', detail='summary'),
    dict(type='JointErrorMetric', detail='summary')
]
test_evaluator = [
    dict(type='JointDistanceAccuracy'),
    dict(type='JointErrorMetric')
]
visualizer = dict(unit_m=1.0)
default_hooks = dict(
    visualization=dict(type='DepthVisualizationHook', kpt_thr=0.),
    checkpoint=dict(
        save_best='accuracy@10cm',
        rule='greater',
        interval=1,
        max_keep_ckpts=2))
