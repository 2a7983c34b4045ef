"""CUDA tensors that are only imagined: devices are checked, nothing is computed.

PyTorch's ``FakeTensorMode`` knows shapes, types and devices of tensors. What
mixes devices, or touches a tensor that was left behind on the CPU, raises as
on a real GPU.
"""

from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

CUDA = torch.device('cuda')


class ImaginedCuda(FakeTensorMode):
    """The mode; copies of what lives in it (as of folding) live in it, too."""

    def __deepcopy__(self, memo):
        return self


@contextmanager
def imagined_cuda():
    """Inside, tensors are made on the CPU unless told otherwise, as ever."""
    with ImaginedCuda() as mode:
        yield mode


def on_cuda(mode: FakeTensorMode, tensor: Tensor) -> Tensor:
    """A real tensor's double on the imagined GPU."""
    return mode.from_tensor(tensor).detach().to(CUDA)


def move(mode: FakeTensorMode, model: nn.Module) -> nn.Module:
    """As ``model.to('cuda')``: what is registered moves, in place.

    A tensor in a plain attribute stays where it is, and fails when it is used.
    """
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                moved = nn.Parameter(on_cuda(mode, parameter), parameter.requires_grad)
                module._parameters[name] = moved
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = on_cuda(mode, buffer)
        if hasattr(module, '_device'):
            # MMEngine's preprocessors remember it.
            module._device = CUDA
    return model
