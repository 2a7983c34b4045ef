_base_ = 'depth-pose_tensorrt_dynamic-batch-192x192.py'

backend_config = dict(common_config=dict(fp16_mode=True))
