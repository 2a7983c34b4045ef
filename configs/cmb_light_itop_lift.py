# cmb_light_k2hpd.py's network on ITOP, with a depth map beside each heat map.
_base_ = 'cmb_itop_lift.py'

model = dict(
    backbone=dict(
        stem_channels=(16, 24),
        stem_stride=2,
        stage_channels=((48, ), (80, 80), (128, 128), (160, 160))),
    head=dict(
        in_channels=(48, 80, 128, 160),
        decoder_channels=(96, 64, 48),
        upscale=2,
        depth_channels=64))
