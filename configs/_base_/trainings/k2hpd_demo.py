# K2HPD's training cut to minutes on two CPU cores, on synthetic data.
_base_ = 'k2hpd.py'
from mmpose_cmb.config_edits import change_parts

data_root = 'data/k2hpd_synthetic/'
change_parts(_base_, 'K2HPDDataset', data_root=data_root)
change_parts(
    _base_,
    'RandomBoxTransform',
    _delete_=True,
    shift_factor=0.08,
    scale_factor=(0.8, 1.25),
    rotate_factor=40.0,
)

# 600 iterations of 16, against the paper's 100,000: a higher rate that falls
# to zero, and r = 3 after a third of them.
train_cfg = dict(max_epochs=8, val_interval=2)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=50, end=600, by_epoch=False),
]
change_parts(_base_, 'MemoryRatioHook', milestones=((0, 1.0), (200, 3.0)))
custom_hooks = [*_base_.custom_hooks, dict(type='ProgressHook')]
default_hooks = dict(checkpoint=dict(save_best=None))
