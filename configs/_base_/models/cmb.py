# Table 1 of the paper at its input size; K, the number of joints, is 19.
codec = dict(
    type='UDPHeatmap', input_size=(192, 192), heatmap_size=(96, 96), sigma=2)

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(
        type='CMBNet',
        input_size=codec['input_size'],
        in_channels=1,
        stem_channels=(32, 32),
        stage_channels=((64, ), (128, 128), (256, 256)),
        block=dict(type='ConvMemoryBlock')),
    head=dict(
        type='HourglassHeatmapHead',
        in_channels=(64, 128, 256),
        out_channels=19,
        decoder_channels=(128, 64),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec),
    test_cfg=dict(flip_test=True, flip_mode='heatmap', shift_heatmap=False))
