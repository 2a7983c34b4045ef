# cmb_itop_demo.py with a depth map beside each heat map.
_base_ = 'cmb_itop_demo.py'

model = dict(head=dict(type='HourglassLiftHead'))
