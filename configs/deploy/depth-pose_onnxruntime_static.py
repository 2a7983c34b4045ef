# One crop at a time, [1, 1, H, W] of the model.
_base_ = ['_base_/depth_pose.py', '_base_/onnx.py']

backend_config = dict(type='onnxruntime')
