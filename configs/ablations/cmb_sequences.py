# "Ours w/ Sequence" of Table 6: the frames of motions, in their order.
_base_ = 'base.py'

# python tools/synthesize.py --out-dir data/k2hpd_sequences --sequence-length 10
data_root = 'data/k2hpd_sequences/'
sequence_length = 10

pack = dict(
    type='PackPoseInputs',
    meta_keys=('id', 'img_id', 'img_path', 'category_id', 'crowd_index',
               'ori_shape', 'img_shape', 'input_size', 'input_center',
               'input_scale', 'flip', 'flip_direction', 'flip_indices',
               'raw_ann_info', 'dataset_name', 'sequence_index',
               'sequence_start'))
train_pipeline = [
    *_base_.load,
    dict(type='SameForSequence', transforms=_base_.augment_box),
    _base_.affine, *_base_.normalize,
    dict(type='GenerateTarget', encoder=_base_.codec), pack
]
test_pipeline = [*_base_.load, _base_.affine, *_base_.normalize, pack]

dataset = dict(data_root=data_root, sequence_length=sequence_length)
train_dataloader = dict(
    drop_last=False,
    sampler=dict(shuffle=False),
    batch_sampler=dict(type='SequenceBatchSampler'),
    dataset=dict(pipeline=train_pipeline, **dataset))
val_dataloader = dict(
    batch_sampler=dict(type='SequenceBatchSampler'),
    dataset=dict(pipeline=test_pipeline, **dataset))
test_dataloader = val_dataloader
