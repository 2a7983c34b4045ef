# ITOP's training cut to minutes on two CPU cores, on synthetic data.
_base_ = 'itop.py'
from mmpose_cmb.config_edits import change_parts

data_root = 'data/itop_synthetic/'
change_parts(_base_, 'ITOPDataset', data_root=data_root)

train_cfg = dict(max_epochs=8, val_interval=2)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, end=50, by_epoch=False),
    dict(type='CosineAnnealingLR', begin=1, end=8, by_epoch=True, convert_to_iter_based=True),
]
change_parts(_base_, 'MemoryRatioHook', milestones=((0, 1.0), (200, 3.0)))
custom_hooks = [*_base_.custom_hooks, dict(type='ProgressHook')]
default_hooks = dict(checkpoint=dict(save_best=None))
