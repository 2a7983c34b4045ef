# ITOP, front view, with the paper's head: two fully connected layers of 1024
# on the heat maps regress the joints in space (section 5.1).
_base_ = ['_base_/models/cmb.py', '_base_/trainings/itop.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='DepthHeatmap',
    input_size=(192, 192),
    heatmap_size=(96, 96),
    sigma=2,
    half_range_m=1.0,
)
model = dict(head=dict(type='HourglassFullyConnectedHead', out_channels=15))
