# Hands at 64x64 input on synthetic data, minutes on two CPU cores.
_base_ = ['_base_/models/cmb_hand.py', '_base_/trainings/astar_demo.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='DepthHeatmap',
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1,
    blur_kernel_size=5,
    half_range_m=0.15,
)
