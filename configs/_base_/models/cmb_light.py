# Table 1 with a stem that strides by 2, half its widths and a fourth scale.
_base_ = 'cmb.py'

model = dict(
    backbone=dict(
        stem_channels=(16, 24),
        stem_stride=2,
        stage_channels=((48,), (80, 80), (128, 128), (160, 160)),
    ),
    head=dict(in_channels=(48, 80, 128, 160), decoder_channels=(96, 64, 48)),
)
