# SimpleBaseline with heat maps as fine as CMB's: a fourth deconvolution.
_base_ = 'simple_baseline_resnet50.py'

codec = dict(
    _base_.codec,
    heatmap_size=tuple(size // 2 for size in _base_.codec['input_size']))
model = dict(
    head=dict(
        deconv_out_channels=(256, 256, 256, 256),
        deconv_kernel_sizes=(4, 4, 4, 4),
        decoder=codec))
train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
