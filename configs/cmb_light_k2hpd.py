# A light network with the memory: the stem strides by 2, so everything runs at
# half of Table 1's resolution. The heat maps are as fine as Table 1's.
_base_ = 'cmb_k2hpd.py'

model = dict(
    backbone=dict(
        stem_channels=(16, 24),
        stem_stride=2,
        stage_channels=((48, ), (80, 80), (128, 128), (160, 160))),
    head=dict(
        in_channels=(48, 80, 128, 160),
        decoder_channels=(96, 64, 48),
        upscale=2))
