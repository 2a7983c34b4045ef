# What all variants of the component analysis share: 64x64 input, the data,
# schedule and augmentation of the small training. A variant changes one thing.
_base_ = '../cmb_k2hpd_demo.py'
