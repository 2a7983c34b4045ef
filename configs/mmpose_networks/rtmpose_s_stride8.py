# RTMPose-s whose backbone ends at an eighth of the input, for small inputs.
_base_ = 'rtmpose_s.py'

model = dict(
    backbone=dict(backbone=dict(out_indices=(2,))),
    head=dict(in_channels=128, in_featuremap_size=(24, 24)),
)
