# ITOP with a depth map beside each heat map instead of the paper's head.
_base_ = 'cmb_itop.py'

model = dict(head=dict(type='HourglassLiftHead'))
