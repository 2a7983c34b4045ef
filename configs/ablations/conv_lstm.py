# "Ours w/ ConvLSTM" of Table 6, fed like cmb_sequences.
_base_ = 'cmb_sequences.py'

model = dict(backbone=dict(block=dict(_delete_=True, type='ConvLSTMBlock')))
custom_hooks = [*_base_.custom_hooks, dict(type='SequenceStateHook')]
