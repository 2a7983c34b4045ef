# The stacked hourglass with one stack (MMPose). It halves its input seven
# times: 256x256 in place of 192x192.
_base_ = ['../_base_/models/hourglass52.py', '../_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, type='UDPHeatmap', input_size=(256, 256), heatmap_size=(64, 64), sigma=2)
