# "Ours w/o CMB" of Table 6 and Figure 6.
_base_ = 'base.py'

model = dict(backbone=dict(block=None))
