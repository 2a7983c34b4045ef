"""A memory block whose memory does not change any more."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..blocks import ConvMemoryBlock
from .fold_norm import fold_norm, make_conv
from .memory_block_weights import memory_block_weights


class FoldedMemoryBlock(nn.Module):
    """What :class:`ConvMemoryBlock` computes in evaluation mode, faster.

    At test time the memory is constant, so its half of the input controller's
    first convolution is a constant map. The concatenations before the
    controllers are sums of convolutions.

    Args:
        block (ConvMemoryBlock): One that ``can_fold_block`` allows. Its input
            must be at least 0 everywhere: in ``CMBNet`` it follows a ReLU and
            a maximum pooling.
    """

    def __init__(self, block: ConvMemoryBlock) -> None:
        super().__init__()
        self.out_channels = block.out_channels
        weights = memory_block_weights(block)
        like = block.input_controller.spatial.conv.weight

        def conv(weight: Tensor, bias: Tensor = None) -> nn.Conv2d:
            return make_conv(weight, bias, like, padding=(1, 1))

        self.input_x = conv(weights.input_x)
        self.register_buffer('input_map', weights.input_map.to(like))
        self.memory_x = conv(weights.memory_x, weights.memory_bias)
        self.recall = weights.recall
        if weights.recall is not None:
            self.memory_recalled = conv(weights.memory_recalled)
        self.output_x = conv(weights.output_x, weights.output_bias)
        self.output_memory = conv(weights.output_memory)
        self.input_pointwise = fold_norm(block.input_controller.pointwise)
        self.memory_pointwise = fold_norm(block.memory_controller.pointwise)
        self.output_pointwise = fold_norm(block.output_controller.pointwise)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance ``[B, C, H, W]`` to ``[B, 2 C, H, W]``."""
        refuse_training(self)
        c_i = self.input_pointwise(F.relu(self.input_x(x) + self.input_map))
        c_m = self.memory_x(x)
        if self.recall is not None:
            c_m = self.memory_recalled(self.recall(x)) + c_m
        c_m = self.memory_pointwise(F.relu(c_m))
        c_o = F.relu(self.output_memory(c_m + c_i) + self.output_x(x))
        return torch.cat([x, self.output_pointwise(c_o)], dim=1)


def refuse_training(folded: nn.Module) -> None:
    """Stop a folded network from being trained.

    Raises:
        ValueError: In training mode.
    """
    if folded.training:
        raise ValueError('a folded network is for inference: train the network it was folded from')
