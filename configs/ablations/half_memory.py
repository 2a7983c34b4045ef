# "Ours w/ Half" of Table 6: half as many memory maps as feature maps.
_base_ = 'cmb.py'

model = dict(
    backbone=dict(
        block=[dict(type='ConvMemoryBlock', memory_channels=channels) for channels in (16, 32, 64)]
    )
)
