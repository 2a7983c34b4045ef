# SimpleBaseline with a ResNet-50 (MMPose), one-channel depth instead of colour.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(type='ResNet', depth=50, in_channels=1),
    head=dict(
        type='HeatmapHead',
        in_channels=2048,
        out_channels=19,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=None,
    ),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)
