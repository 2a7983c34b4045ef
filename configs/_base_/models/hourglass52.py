# The stacked hourglass with one stack (MMPose), one-channel depth instead of
# colour.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(type='DepthStem', backbone=dict(type='HourglassNet', num_stacks=1)),
    head=dict(
        type='CPMHead',
        in_channels=256,
        num_stages=1,
        deconv_out_channels=None,
        out_channels=19,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=None,
    ),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)
