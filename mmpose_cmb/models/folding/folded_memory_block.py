"""A memory block whose memory does not change any more."""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..blocks import ConvController, ConvMemoryBlock, recall_similar
from .fold_norm import can_fold_norm, fold_norm, folded_weights, make_conv


class FoldedMemoryBlock(nn.Module):
    r"""What :class:`ConvMemoryBlock` computes in evaluation mode, faster.

    At test time :math:`M` is constant, so its half of the input controller's
    first convolution is a constant map. The other concatenations are written
    as sums, :math:`conv(x \oplus y; W) = conv(x; W_x) + conv(y; W_y)`.

    Equation 2 for :math:`x \ge 0` is :math:`\max(\min(M, r x), x / r)`, r
    times :math:`\max(\min(M / r, x), x / r^2)`, where the factor goes into the
    convolution that follows. With r = 1 it is x, and the memory controller's
    first convolution has one part alone.

    Args:
        block (ConvMemoryBlock): One that :func:`can_fold_block` allows. Its
            input must be at least 0 everywhere: in ``CMBNet`` it follows a
            ReLU and a maximum pooling.
    """

    @torch.no_grad()
    def __init__(self, block: ConvMemoryBlock) -> None:
        super().__init__()
        self.out_channels = block.out_channels
        like = block.memory.new_empty(
            0, dtype=block.input_controller.spatial.conv.weight.dtype)
        channels = block.out_channels // 2
        memory = block.memory.double()[None]
        ratio = float(block.ratio_limit)
        projected = not isinstance(block.to_memory, nn.Identity)

        weight, bias = folded_weights(block.input_controller.spatial)
        self.input_x = make_conv(weight[:, :channels], None, like, (1, 1),
                                 (1, 1))
        self.register_buffer(
            'input_map',
            F.conv2d(memory, weight[:, channels:], bias, padding=1).to(like))

        weight, bias = folded_weights(block.memory_controller.spatial)
        of_x, of_recalled = weight[:, :channels], weight[:, channels:]
        self.recalls = ratio != 1
        if not self.recalls:
            if projected:
                of_recalled = torch.einsum(
                    'omhw,mc->ochw', of_recalled,
                    block.to_memory.weight.double()[..., 0, 0])
            of_x = of_x + of_recalled
        self.memory_x = make_conv(of_x, bias, like, (1, 1), (1, 1))
        if self.recalls:
            if projected:  # of any sign
                self.to_memory = block.to_memory
                self.register_buffer('ratio_limit',
                                     block.ratio_limit.to(like))
            else:
                self.shrink = 1 / ratio**2
                memory, of_recalled = memory / ratio, of_recalled * ratio
            self.projected = projected
            self.register_buffer('memory', memory.to(like))
            self.memory_recalled = make_conv(of_recalled, None, like, (1, 1),
                                             (1, 1))

        weight, bias = folded_weights(block.output_controller.spatial)
        self.output_x = make_conv(weight[:, :channels], bias, like, (1, 1),
                                  (1, 1))
        self.output_memory = make_conv(weight[:, channels:], None, like,
                                       (1, 1), (1, 1))
        self.input_pointwise = fold_norm(block.input_controller.pointwise)
        self.memory_pointwise = fold_norm(block.memory_controller.pointwise)
        self.output_pointwise = fold_norm(block.output_controller.pointwise)

    def recall(self, x: Tensor) -> Tensor:
        """Equation 2; over r where x itself is compared."""
        if self.projected:
            return recall_similar(self.memory, self.to_memory(x),
                                  self.ratio_limit)
        return torch.maximum(
            torch.minimum(self.memory, x), x * self.shrink)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance ``[B, C, H, W]`` to ``[B, 2 C, H, W]``."""
        if self.training:
            raise ValueError(
                'a folded network is for inference: train the network it was '
                'folded from')
        c_i = self.input_pointwise(F.relu(self.input_x(x) + self.input_map))
        c_m = self.memory_x(x)
        if self.recalls:
            c_m = self.memory_recalled(self.recall(x)) + c_m
        c_m = self.memory_pointwise(F.relu(c_m))
        c_o = F.relu(self.output_memory(c_m + c_i) + self.output_x(x))
        return torch.cat([x, self.output_pointwise(c_o)], dim=1)


def can_fold_block(block: nn.Module) -> bool:
    """Whether :class:`FoldedMemoryBlock` knows all parts of a block.

    A subclass may compute something else, so only the class itself counts.
    """
    if type(block) is not ConvMemoryBlock:
        return False
    controllers = (block.input_controller, block.memory_controller,
                   block.output_controller)
    return all(
        type(controller) is ConvController and can_fold_norm(part)
        and isinstance(part.activate, nn.ReLU) for controller in controllers
        for part in (controller.spatial, controller.pointwise))
