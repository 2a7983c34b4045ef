# A reading of the update: the optimiser moves the memory, too.
_base_ = 'cmb.py'

model = dict(backbone=dict(block=dict(type='OptimizedMemoryBlock')))
