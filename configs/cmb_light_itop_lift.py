# cmb_light_k2hpd.py's network on ITOP, with a depth map beside each heat map.
_base_ = ['_base_/models/cmb_light.py', '_base_/trainings/itop.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='DepthHeatmap',
    input_size=(192, 192),
    heatmap_size=(48, 48),
    sigma=1,
    blur_kernel_size=5,
    half_range_m=1.0,
)
model = dict(head=dict(type='HourglassLiftHead', out_channels=15, depth_channels=64))
