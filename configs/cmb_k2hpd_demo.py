# A small training on synthetic data in K2HPD's format: 64x64 input, minutes
# on two CPU cores (make demo).
_base_ = ['_base_/models/cmb.py', '_base_/trainings/k2hpd_demo.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='UDPHeatmap',
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1,
    # The decoder's blur fits sigma (5 cells: 1.1, by OpenCV's rule).
    blur_kernel_size=5,
)
