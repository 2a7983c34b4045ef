# r stays 1: equation 2 fetches nothing from the memory.
_base_ = 'cmb.py'
from mmpose_cmb.config_edits import change_parts

change_parts(_base_, 'MemoryRatioHook', milestones=((0, 1.0),))
