# HRNet-W18 with heat maps as fine as CMB's.
_base_ = 'hrnet_w32_fine.py'

model = dict(
    backbone=dict(
        extra=dict(
            stage2=dict(num_channels=(18, 36)),
            stage3=dict(num_channels=(18, 36, 72)),
            stage4=dict(num_channels=(18, 36, 72, 144)),
        )
    ),
    head=dict(in_channels=18),
)
