_base_ = ['_base_/depth_pose.py', '_base_/onnx.py', '_base_/tensorrt.py']

shape = [1, 1, 192, 192]
onnx_config = dict(input_shape=shape[:1:-1])
backend_config = dict(
    model_inputs=[
        dict(input_shapes=dict(input=dict(min_shape=shape, opt_shape=shape, max_shape=shape)))
    ]
)
