# One to 16 crops at a time, [B, 1, 192, 192].
_base_ = 'depth-pose_tensorrt_static-192x192.py'

onnx_config = dict(dynamic_axes=dict(input={0: 'batch'}))
backend_config = dict(
    model_inputs=[
        dict(
            input_shapes=dict(
                input=dict(
                    min_shape=[1, 1, 192, 192],
                    opt_shape=[4, 1, 192, 192],
                    max_shape=[16, 1, 192, 192],
                )
            )
        )
    ]
)
