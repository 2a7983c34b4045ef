# The first part of the training of hand.py: small crops at a constant rate. One
# hand, ASTAR's 20 joints in the image and in space, trained on synthetic hands
# (`tools/synthesize.py --layout hands`); begins with body_front's weights.
_base_ = 'body_front_start.py'

data_root = 'data/hands/'
# A hand is some 20 cm across; what is farther, as the arm and whoever is behind, is
# background.
codec = dict(_base_.codec, input_size=(64, 64), heatmap_size=(16, 16), half_range_m=0.15)
model = dict(
    backbone=dict(input_size=codec['input_size']), head=dict(decoder=codec, out_channels=20)
)

# A file of this network cuts off what is farther than hands are held; so its boxes
# are found in the depth that is left (docs/inference.md).
load = [dict(type='LoadDepthImage', background_m=1.0), _base_.load[1]]
# No joint is of the left or the right: mirrored hands are left hands, and the
# network takes both. Cameras look at hands from anywhere.
augment_box = [
    dict(type='RandomDepthFlip'),
    dict(
        type='RandomBoxTransform',
        shift_factor=0.12,
        scale_factor=(0.75, 1.4),
        rotate_factor=180.0,
        rotate_prob=0.7,
    ),
]
affine = dict(_base_.affine, input_size=codec['input_size'])
augment_depth = [
    dict(type='RandomDepthHoles', max_blobs=4, blob_size=(0.01, 0.08), edge_m=0.03, prob=0.4),
    dict(type='RandomDepthNoise', std_m=0.002, std_per_m=0.004, prob=0.3),
    dict(type='RandomDepthSmoothing'),
]
normalize = [dict(_base_.normalize[0], half_range_m=0.15)]
shift_depth = [dict(normalize[0], reference_jitter_m=0.03)]
train_pipeline = [
    *load,
    *augment_box,
    affine,
    *augment_depth,
    *shift_depth,
    dict(type='GenerateTarget', encoder=codec),
    _base_.pack,
]
test_pipeline = [*load, affine, *normalize, _base_.pack]

hands = dict(
    _delete_=True,
    type='DepthCocoDataset',
    metainfo=dict(from_file='configs/_base_/datasets/astar.py'),
    data_root=data_root,
    data_prefix=dict(img='depth/'),
)
train_dataloader = dict(dataset=dict(hands, ann_file='train.json', pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(hands, ann_file='test.json', test_mode=True, pipeline=test_pipeline)
)
test_dataloader = val_dataloader
val_evaluator = [dict(type='JointErrorMetric', distances_mm=(10, 20, 30), detail='summary')]
test_evaluator = [dict(type='JointErrorMetric', distances_mm=(10, 20, 30))]

train_cfg = dict(max_epochs=12, val_interval=4)
