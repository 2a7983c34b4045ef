# Table 1 with the paper's 3D head, for the 20 joints of ASTAR's hands.
_base_ = 'cmb.py'

model = dict(
    head=dict(type='HourglassFullyConnectedHead', out_channels=20),
    # All hands are of one side: nothing to flip.
    test_cfg=dict(flip_test=False),
)
