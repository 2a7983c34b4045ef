# Convolutional pose machines (MMPose).
_base_ = ['../_base_/models/cpm.py', '../_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, type='UDPHeatmap', input_size=(192, 192), heatmap_size=(24, 24), sigma=2)
