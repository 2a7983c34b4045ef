# "Ours w/o CMB" of Table 6 and Figure 6.
_base_ = 'cmb.py'

model = dict(backbone=dict(block=None))
