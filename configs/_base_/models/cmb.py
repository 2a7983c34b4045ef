# Table 1 of the paper; K, the number of joints, is 19. set_codec gives the size.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(
        type='CMBNet',
        input_size=None,
        in_channels=1,
        stem_channels=(32, 32),
        stage_channels=((64,), (128, 128), (256, 256)),
        block=dict(type='ConvMemoryBlock'),
    ),
    head=dict(
        type='HourglassHeatmapHead',
        in_channels=(64, 128, 256),
        out_channels=19,
        decoder_channels=(128, 64),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=None,
    ),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False),
)
