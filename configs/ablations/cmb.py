# "Ours" of Table 6, and what the variants of the component analysis share:
# 64x64 input, data, schedule and augmentation of the small training.
_base_ = '../cmb_k2hpd_demo.py'
