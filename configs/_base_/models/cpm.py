# Convolutional pose machines (MMPose), one-channel depth instead of colour.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(
        type='DepthStem',
        backbone=dict(type='CPM', in_channels=3, out_channels=19, feat_channels=128, num_stages=6),
    ),
    head=dict(
        type='CPMHead',
        in_channels=19,
        num_stages=6,
        deconv_out_channels=None,
        final_layer=None,
        out_channels=19,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=None,
    ),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)
