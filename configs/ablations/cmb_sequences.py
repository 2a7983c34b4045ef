# "Ours w/ Sequence" of Table 6: the frames of motions, in their order.
_base_ = 'cmb_sequences_shuffled.py'
from mmpose_cmb.config_edits import change_parts, wrap_parts

change_parts(_base_, 'K2HPDDataset', sequence_length=10)
wrap_parts(_base_, ('RandomFlip', 'RandomBoxTransform'), 'SameForSequence')
train_dataloader = dict(
    drop_last=False, sampler=dict(shuffle=False), batch_sampler=dict(type='SequenceBatchSampler')
)
val_dataloader = dict(batch_sampler=dict(type='SequenceBatchSampler'))
test_dataloader = val_dataloader
