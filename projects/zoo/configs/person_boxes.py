# Finds everybody in a frame: the light network on whole frames, trained on
# synthetic rooms (`tools/synthesize.py --layout rooms`), those of a stereo camera
# (`--sensor active_stereo`) and ceilings (`--views top`).
# MMDetection's detectors of this size (RTMDet) need the compiled NMS of the full
# mmcv, which mmcv-lite lacks; and the runtime is to need numpy alone.
_base_ = [
    '../../../configs/_base_/models/cmb_light.py',
    '../../../configs/_base_/schedules/cmb_adam.py',
    '../../../configs/_base_/loaders.py',
]

data_root = 'data/rooms/'
epochs = 12
codec = dict(type='BoxHeatmap', input_size=(192, 160), stride=4)
model = dict(
    type='PersonBoxEstimator',
    backbone=dict(input_size=codec['input_size'], block=None),
    head=dict(
        _delete_=True,
        type='HourglassBoxHead',
        in_channels=(48, 80, 128, 160),
        decoder_channels=(96, 64, 32),
        decoder=codec,
    ),
    test_cfg=dict(_delete_=True),
)

boxes = dict(type='BoxesOfJoints')
pack = dict(
    type='PackPoseInputs',
    meta_keys=('img_id', 'img_path', 'ori_shape', 'input_size', 'warp_mat', 'unsure_bbox'),
)
train_pipeline = [
    dict(type='LoadDepthImage'),
    dict(type='RandomLetterbox', input_size=codec['input_size']),
    boxes,
    dict(type='RandomDepthHoles', max_blobs=6, blob_size=(0.01, 0.2), prob=0.5),
    dict(type='RandomDepthNoise', prob=0.3),
    dict(type='RandomDepthSmoothing', sigma_px=(0.4, 1.0)),
    dict(type='PixelsPerMetre', jitter=0.15),
    dict(type='GenerateTarget', encoder=codec),
    pack,
]
test_pipeline = [
    dict(type='LoadDepthImage'),
    boxes,
    dict(type='LetterboxDepth', input_size=codec['input_size']),
    dict(type='PixelsPerMetre'),
    pack,
]

rooms = dict(
    type='RoomsDataset',
    data_mode='bottomup',
    # Boxes are those of ITOP's joints.
    metainfo=dict(from_file='configs/_base_/datasets/itop.py'),
    data_root=data_root,
    data_prefix=dict(img='depth/'),
)
train_frames = dict(rooms, ann_file='train.json', pipeline=train_pipeline)
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    dataset=dict(
        type='ConcatDataset',
        datasets=[
            dict(train_frames, data_root=f'data/{name}/')
            for name in ('rooms', 'stereo_rooms', 'ceilings')
        ],
    ),
)
val_dataloader = dict(
    num_workers=1,
    dataset=dict(rooms, ann_file='test.json', test_mode=True, pipeline=test_pipeline),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='PersonBoxMetric')
test_evaluator = val_evaluator

train_cfg = dict(max_epochs=epochs, val_interval=1)
optim_wrapper = dict(type='BFloat16OptimWrapper', optimizer=dict(lr=1.5e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.05, end=200, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        T_max=epochs,
        end=epochs,
        eta_min=1e-5,
        convert_to_iter_based=True,
    ),
]
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='CheckpointFitHook'),
    dict(type='EpochSeedHook'),
    dict(type='ChannelsLastHook'),
    dict(
        type='EMAHook', ema_type='ExpMomentumEMA', momentum=0.003, gamma=100, update_buffers=True
    ),
]
default_hooks = dict(
    logger=dict(interval=20),
    checkpoint=dict(save_best=None, by_epoch=True, interval=1, max_keep_ckpts=3),
)
