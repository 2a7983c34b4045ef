# SimpleBaseline with heat maps as fine as CMB's: a fourth deconvolution.
_base_ = 'simple_baseline_resnet50.py'
from mmpose_cmb.config_edits import set_codec

set_codec(_base_, heatmap_size=(96, 96))
model = dict(head=dict(deconv_out_channels=(256, 256, 256, 256), deconv_kernel_sizes=(4, 4, 4, 4)))
