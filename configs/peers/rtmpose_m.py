# RTMPose-m (MMPose), one-channel depth instead of colour.
_base_ = '../cmb_k2hpd.py'

simcc = dict(
    type='SimCCLabel',
    input_size=_base_.codec['input_size'],
    sigma=(4.9, 4.9),
    simcc_split_ratio=2.0,
    normalize=False,
    use_dark=False)
codec = dict(simcc, _delete_=True)
model = dict(
    backbone=dict(
        _delete_=True,
        type='DepthStem',
        backbone=dict(
            type='mmdet.CSPNeXt',
            arch='P5',
            expand_ratio=0.5,
            deepen_factor=0.67,
            widen_factor=0.75,
            out_indices=(4, ),
            channel_attention=True,
            norm_cfg=dict(type='BN'),
            act_cfg=dict(type='SiLU'))),
    head=dict(
        _delete_=True,
        type='RTMCCHead',
        in_channels=768,
        out_channels=_base_.model.head.out_channels,
        input_size=simcc['input_size'],
        in_featuremap_size=tuple(size // 32 for size in simcc['input_size']),
        simcc_split_ratio=simcc['simcc_split_ratio'],
        final_layer_kernel_size=7,
        gau_cfg=dict(
            hidden_dims=256,
            s=128,
            expansion_factor=2,
            dropout_rate=0.,
            drop_path=0.,
            act_fn='SiLU',
            use_rel_bias=False,
            pos_enc=False),
        loss=dict(
            type='KLDiscretLoss',
            use_target_weight=True,
            beta=10.,
            label_softmax=True),
        decoder=simcc),
    test_cfg=dict(_delete_=True, flip_test=True))

# Its codec counts pixels the plain way, not UDP's.
affine = dict(type='TopdownDepthAffine', input_size=simcc['input_size'])
train_pipeline = [
    *_base_.load, *_base_.augment_box, affine, *_base_.augment_depth,
    *_base_.normalize,
    dict(type='GenerateTarget', encoder=simcc),
    dict(type='PackPoseInputs')
]
test_pipeline = [
    *_base_.load, affine, *_base_.normalize,
    dict(type='PackPoseInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
