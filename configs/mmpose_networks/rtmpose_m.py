# RTMPose-m (MMPose). Its codec counts pixels the plain way, not UDP's.
_base_ = ['../_base_/models/rtmpose_m.py', '../_base_/trainings/k2hpd.py']
from mmpose_cmb.config_edits import change_parts, set_codec

set_codec(
    _base_,
    type='SimCCLabel',
    input_size=(192, 192),
    sigma=(4.9, 4.9),
    simcc_split_ratio=2.0,
    normalize=False,
    use_dark=False,
)
change_parts(_base_, 'TopdownDepthAffine', use_udp=False)
model = dict(head=dict(in_featuremap_size=(6, 6)))
