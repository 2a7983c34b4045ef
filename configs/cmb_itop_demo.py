# The paper's 3D head on synthetic data in ITOP's format: 64x64 input, minutes
# on two CPU cores.
_base_ = ['_base_/models/cmb.py', '_base_/trainings/itop_demo.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='DepthHeatmap',
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1,
    blur_kernel_size=5,
    half_range_m=1.0,
)
model = dict(head=dict(type='HourglassFullyConnectedHead', out_channels=15))
