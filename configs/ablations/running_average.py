# A reading of the update: the memory is a running average.
_base_ = 'cmb.py'

model = dict(backbone=dict(block=dict(update_rule='running_average', momentum=0.1)))
