# ASTAR's hands: ITOP's training with hands in the place of bodies.
_base_ = 'itop.py'
from mmpose_cmb.config_edits import replace_parts

data_root = 'data/astar/'

replace_parts(_base_, 'LoadDepthFrameFromHDF5', dict(type='LoadSKDepth'))
# All hands are of one side: nothing to flip.
replace_parts(_base_, 'RandomDepthFlip')

dataset = dict(
    _delete_=True, type='ASTARDataset', data_root=data_root, label_convention='offset_px'
)
train_dataloader = dict(dataset=dict(split='train', pipeline=_base_.train_pipeline, **dataset))
val_dataloader = dict(
    dataset=dict(split='test', test_mode=True, pipeline=_base_.test_pipeline, **dataset)
)
test_dataloader = val_dataloader

# 435 frames an epoch: 29,000 iterations of 16. The paper gives no number.
train_cfg = dict(max_epochs=1000, val_interval=50)
val_evaluator = [
    dict(type='JointErrorMetric', distances_mm=(10, 20, 30, 40, 50), detail='summary')
]
test_evaluator = [
    dict(type='JointErrorMetric', distances_mm=(10, 20, 30, 40, 50)),
    dict(
        type='JointErrorMetric', distances_mm=(10, 20, 30, 40, 50), root='wrist', prefix='aligned'
    ),
]
default_hooks = dict(checkpoint=dict(save_best='error_mm/mean', rule='less', interval=50))
