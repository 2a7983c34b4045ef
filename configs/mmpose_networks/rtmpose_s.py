# RTMPose-s (MMPose): a narrower and shallower RTMPose-m.
_base_ = 'rtmpose_m.py'

model = dict(
    backbone=dict(backbone=dict(deepen_factor=0.33, widen_factor=0.5)), head=dict(in_channels=512)
)
