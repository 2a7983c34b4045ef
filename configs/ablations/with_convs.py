# "Ours w/ Convs" of Figure 6: the input in the memory's place.
_base_ = 'cmb.py'

model = dict(backbone=dict(block=dict(type='DuplicatedInputBlock')))
