# Kinect v2's (K2HPD's) 19 joints of body_front_joints.py's network: what ships.
_base_ = 'body_front_joints.py'

joints = dict(metainfo=dict(from_file='configs/_base_/datasets/k2hpd.py'))
model = dict(head=dict(out_channels=19))
train_dataloader = dict(
    dataset=dict(
        datasets=[dict(rooms, **joints) for rooms in _base_.train_dataloader.dataset.datasets]
    )
)
val_dataloader = dict(dataset=joints)
test_dataloader = val_dataloader
