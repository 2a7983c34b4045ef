# ITOP's 15 joints of body_front_joints.py's network: what ships.
_base_ = 'body_front_joints.py'

joints = dict(metainfo=dict(from_file='configs/_base_/datasets/itop.py'))
model = dict(head=dict(out_channels=15))
train_dataloader = dict(
    dataset=dict(
        datasets=[dict(rooms, **joints) for rooms in _base_.train_dataloader.dataset.datasets]
    )
)
val_dataloader = dict(dataset=joints)
test_dataloader = val_dataloader
