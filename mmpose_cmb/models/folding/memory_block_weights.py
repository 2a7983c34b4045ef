"""What is left of a memory block when its memory does not change any more."""

from dataclasses import dataclass
from typing import Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..blocks import ConvController, ConvMemoryBlock, OptimizedMemoryBlock, recall_similar
from .fold_norm import can_fold_norm, folded_weights, make_conv


class Recall(nn.Module):
    r"""What equation 2 adds to x, with a constant memory and r > 1.

    Where the memory has the channels of :math:`x \ge 0`, equation 2 is
    :math:`\max(\min(M, r x), x / r)`. With :math:`k = 1 / r^2` that is

    .. math::

        r k x + r (1 - k) z, \quad
        z = relu(x - relu(x - M / r) / (1 - k))

    The factors are left to the convolution that follows, which is linear:
    this gives z. A projected x has any sign; then this gives equation 2.

    Args:
        block (ConvMemoryBlock): One that :func:`can_fold_block` allows.

    Attributes:
        of_x, of_result (float): What x and the result are to be multiplied
            with, so that their sum is equation 2.
    """

    def __init__(self, block: ConvMemoryBlock) -> None:
        super().__init__()
        like = block.input_controller.spatial.conv.weight
        ratio = float(block.ratio_limit)
        memory = block.memory.detach().double()[None]
        self.projected = not isinstance(block.to_memory, nn.Identity)
        if self.projected:
            self.of_x, self.of_result = 0.0, 1.0
            self.to_memory = block.to_memory
            self.register_buffer('ratio_limit', block.ratio_limit.to(like))
        else:
            k = 1 / ratio**2
            self.of_x, self.of_result = ratio * k, ratio * (1 - k)
            memory = memory / ratio
            # A depthwise convolution, which can take the sum and ReLU in.
            scale = memory.new_full((memory.shape[1], 1, 1, 1), -1 / (1 - k))
            self.scale = make_conv(scale, None, like, groups=len(scale))
        self.register_buffer('memory', memory.to(like))

    def forward(self, x: Tensor) -> Tensor:
        """The result for ``[B, C, H, W]``."""
        if self.projected:
            return recall_similar(self.memory, self.to_memory(x), self.ratio_limit)
        return F.relu(self.scale(F.relu(x - self.memory)) + x)


@dataclass
class MemoryBlockWeights:
    r"""A memory block's first convolutions, one for each part of their input.

    :math:`conv(x \oplus y; W) = conv(x; W_x) + conv(y; W_y)`; BN is inside.
    All float64.

    Args:
        input_x (Tensor): The input controller's, ``[C_m, C, 3, 3]``.
        input_map (Tensor): What its half for :math:`M` and its bias give, a
            constant ``[1, C_m, H, W]``.
        memory_x (Tensor): The memory controller's, ``[C_m, C, 3, 3]``.
        memory_recalled (Tensor, optional): For what ``recall`` gives,
            ``[C_m, C_m, 3, 3]``; None with r = 1, where equation 2 is x
            itself (or its projection) and went into ``memory_x``.
        memory_bias (Tensor): ``[C_m]``.
        output_x (Tensor): The output controller's, ``[C, C, 3, 3]``.
        output_memory (Tensor): Its half for :math:`M_t`,
            ``[C, C_m, 3, 3]``.
        output_bias (Tensor): ``[C]``.
        recall (Recall, optional): For equation 2; None with r = 1.
    """

    input_x: Tensor
    input_map: Tensor
    memory_x: Tensor
    memory_recalled: Optional[Tensor]
    memory_bias: Tensor
    output_x: Tensor
    output_memory: Tensor
    output_bias: Tensor
    recall: Optional[Recall]


@torch.no_grad()
def memory_block_weights(block: ConvMemoryBlock) -> MemoryBlockWeights:
    """Split and fold the weights of a block.

    Args:
        block (ConvMemoryBlock): One that :func:`can_fold_block` allows.
    """
    channels = block.out_channels // 2
    weight, bias = folded_weights(block.input_controller.spatial)
    input_x = weight[:, :channels]
    input_map = F.conv2d(block.memory.double()[None], weight[:, channels:], bias, padding=1)

    weight, memory_bias = folded_weights(block.memory_controller.spatial)
    memory_x, memory_recalled = weight[:, :channels], weight[:, channels:]
    recall = None
    if float(block.ratio_limit) != 1:
        recall = Recall(block)
        if recall.of_x:
            memory_x = memory_x + recall.of_x * memory_recalled
        memory_recalled = recall.of_result * memory_recalled
    else:
        if not isinstance(block.to_memory, nn.Identity):
            memory_recalled = torch.einsum(
                'omhw,mc->ochw', memory_recalled, block.to_memory.weight.double()[..., 0, 0]
            )
        memory_x, memory_recalled = memory_x + memory_recalled, None

    weight, output_bias = folded_weights(block.output_controller.spatial)
    return MemoryBlockWeights(
        input_x,
        input_map,
        memory_x,
        memory_recalled,
        memory_bias,
        weight[:, :channels],
        weight[:, channels:],
        output_bias,
        recall,
    )


def can_fold_block(block: nn.Module) -> bool:
    """Whether all parts of a block are known.

    A subclass may compute something else, so only the classes themselves
    count. An ``OptimizedMemoryBlock`` differs in training alone.
    """
    if type(block) not in (ConvMemoryBlock, OptimizedMemoryBlock):
        return False
    controllers = (block.input_controller, block.memory_controller, block.output_controller)
    return all(
        type(controller) is ConvController
        and can_fold_norm(part)
        and isinstance(part.activate, nn.ReLU)
        for controller in controllers
        for part in (controller.spatial, controller.pointwise)
    )
