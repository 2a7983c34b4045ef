# "Ours" of Table 6.
_base_ = 'base.py'
