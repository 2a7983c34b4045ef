"""What a network costs: parameters, multiply-adds, size on the disk."""

import io
from typing import NamedTuple, Tuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Complexity(NamedTuple):
    """What a network costs.

    Attributes:
        input_shape: (C, H, W) of one image.
        parameters: Trained numbers.
        buffers: Numbers that are stored but not trained: memories, and the
            statistics of batch normalisation.
        multiply_adds: Of one forward pass of one image.
        size_bytes: Of the weights as ``torch.save`` writes them: parameters
            and buffers, no optimiser state.
    """

    input_shape: Tuple[int, int, int]
    parameters: int
    buffers: int
    multiply_adds: int
    size_bytes: int


def measure_complexity(model: nn.Module) -> Complexity:
    """Measure a pose estimator, which stays as it was.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` of MMPose, or what is
            called like one. Its input size is asked of the backbone
            (``input_size``) or of the head's codec, its channels of the first
            convolution.

    Raises:
        ValueError: If the model does not tell its input's size.
    """
    width, height = _input_size(model)
    shape = (_input_channels(model), height, width)

    class Forward(nn.Module):
        def __init__(self):
            super().__init__()
            # Registered, so that the input is made on its device.
            self.model = model

        def forward(self, inputs):
            return self.model(inputs, None, mode='tensor')

    saved = io.BytesIO()
    torch.save(model.state_dict(), saved)
    was_training = model.training
    model.eval()
    try:
        multiply_adds = count_multiply_adds(Forward(), shape)
    finally:
        model.train(was_training)
    return Complexity(
        shape,
        sum(p.numel() for p in model.parameters()),
        sum(b.numel() for b in model.buffers()),
        multiply_adds,
        saved.tell(),
    )


def count_multiply_adds(module: nn.Module, shape: Tuple[int, ...]) -> int:
    """Multiply-adds of convolutions and matrix products in a forward pass.

    Counted where PyTorch executes them, so products outside of layers
    (attention) count, too. Normalisation, activations, pooling, resizing,
    element-wise products and biases do not, as is the custom of the papers.

    Args:
        module (nn.Module): Called with zeros ``[1, *shape]``; to be in
            evaluation mode.
        shape (Tuple[int, ...]): Shape of one input, (C, H, W) for images.

    Example:
        >>> from torch import nn
        >>> from mmpose_cmb.analysis import count_multiply_adds
        >>> count_multiply_adds(nn.Conv2d(2, 4, 3, padding=1), (2, 5, 5))
        1800
    """
    device = next((p.device for p in module.parameters()), 'cpu')
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(torch.zeros(1, *shape, device=device))
    # PyTorch counts a multiplication and an addition as two.
    return counter.get_total_flops() // 2


def _input_size(model: nn.Module) -> Tuple[int, int]:
    """Width and height, pixels."""
    for part in (
        getattr(model, 'backbone', None),
        getattr(getattr(model, 'head', None), 'decoder', None),
    ):
        if getattr(part, 'input_size', None) is not None:
            return tuple(part.input_size)
    raise ValueError(
        f'{type(model).__name__} does not tell its input size: '
        'neither backbone nor codec has an input_size'
    )


def _input_channels(model: nn.Module) -> int:
    for module in model.backbone.modules():
        if isinstance(module, nn.Conv2d):
            return module.in_channels
    raise ValueError(f'{type(model.backbone).__name__} has no convolution')
