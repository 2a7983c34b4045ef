# ASTAR's hands with the paper's head (section 5.1).
_base_ = ['_base_/models/cmb_hand.py', '_base_/trainings/astar.py']
from mmpose_cmb.config_edits import set_codec

set_codec(
    _base_,
    type='DepthHeatmap',
    input_size=(192, 192),
    heatmap_size=(96, 96),
    sigma=2,
    # A hand is some 20 cm across.
    half_range_m=0.15,
)
