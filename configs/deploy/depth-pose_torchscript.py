# Any number of crops at a time, for libtorch and torch.jit.load.
_base_ = '_base_/depth_pose.py'

ir_config = dict(
    type='torchscript',
    save_file='end2end.pt',
    input_names=['input'],
    output_names=None,
    # That of the model.
    input_shape=None,
)
backend_config = dict(type='torchscript')
