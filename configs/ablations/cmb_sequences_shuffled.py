# The control of cmb_sequences, conv_gru and conv_lstm: the same frames,
# shuffled and augmented one by one.
_base_ = 'base.py'

data_root = 'data/k2hpd_sequences/'

train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
