# Lite-HRNet-18 (MMPose).
_base_ = ['../_base_/models/lite_hrnet18.py', '../_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, type='UDPHeatmap', input_size=(192, 192), heatmap_size=(48, 48), sigma=2)
