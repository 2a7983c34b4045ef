# A light network with the memory: the stem strides by 2, so everything runs at
# half of Table 1's resolution, and the heat maps have a quarter of the input's.
_base_ = 'cmb_k2hpd.py'

# Gaussians as wide as Table 1's, in pixels of the input.
codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 4 for size in _base_.codec['input_size']),
    sigma=1,
    blur_kernel_size=5)
model = dict(
    backbone=dict(
        stem_channels=(16, 24),
        stem_stride=2,
        stage_channels=((48, ), (80, 80), (128, 128), (160, 160))),
    head=dict(
        in_channels=(48, 80, 128, 160),
        decoder_channels=(96, 64, 48),
        decoder=codec))

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
