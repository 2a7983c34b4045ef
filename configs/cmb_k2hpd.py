# The paper's training on K2HPD (section 5).
_base_ = ['_base_/models/cmb.py', '_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, type='UDPHeatmap', input_size=(192, 192), heatmap_size=(96, 96), sigma=2)
