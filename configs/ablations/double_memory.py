# "Ours w/ Double" of Table 6: twice as many memory maps as feature maps.
_base_ = 'cmb.py'

model = dict(
    backbone=dict(
        block=[
            dict(type='ConvMemoryBlock', memory_channels=channels) for channels in (64, 128, 256)
        ]
    )
)
