# The control of cmb_sequences, conv_gru and conv_lstm: the same frames,
# shuffled and augmented one by one.
_base_ = 'cmb.py'
from mmpose_cmb.config_edits import change_parts

# tools/synthesize.py --out-dir data/k2hpd_sequences --sequence-length 10
data_root = 'data/k2hpd_sequences/'
change_parts(_base_, 'K2HPDDataset', data_root=data_root)
