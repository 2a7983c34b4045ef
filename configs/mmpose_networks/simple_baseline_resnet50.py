# SimpleBaseline with a ResNet-50 (MMPose).
_base_ = ['../_base_/models/simple_baseline_resnet50.py', '../_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, type='UDPHeatmap', input_size=(192, 192), heatmap_size=(48, 48), sigma=2)
