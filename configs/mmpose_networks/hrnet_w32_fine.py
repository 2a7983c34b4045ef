# HRNet-W32 with heat maps as fine as CMB's: a deconvolution behind it.
_base_ = 'hrnet_w32.py'
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, heatmap_size=(96, 96))
model = dict(head=dict(deconv_out_channels=(32,), deconv_kernel_sizes=(4,)))
