# Any number of crops at a time, [B, 1, H, W] of the model.
_base_ = 'depth-pose_onnxruntime_static.py'

onnx_config = dict(dynamic_axes=dict(input={0: 'batch'}))
