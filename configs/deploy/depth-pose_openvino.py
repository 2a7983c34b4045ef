# One crop at a time, [1, 1, H, W] of the model; the file is ONNX Runtime's.
_base_ = ['_base_/depth_pose.py', '_base_/onnx.py']

# None: bfloat16 where the processor has it, else float32.
backend_config = dict(type='openvino', precision=None)
