# A light network with the memory: the stem strides by 2, so that everything
# runs at half of Table 1's resolution; heat maps are a quarter of the input.
_base_ = ['_base_/models/cmb_light.py', '_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='UDPHeatmap',
    input_size=(192, 192),
    heatmap_size=(48, 48),
    # Gaussians as wide as Table 1's, in pixels of the input.
    sigma=1,
    blur_kernel_size=5,
)
