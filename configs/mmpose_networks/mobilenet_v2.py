# SimpleBaseline with a MobileNetV2 (MMPose) in the ResNet's place.
_base_ = 'simple_baseline_resnet50.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='DepthStem',
        backbone=dict(type='MobileNetV2', widen_factor=1.0, out_indices=(7,)),
    ),
    head=dict(in_channels=1280),
)
