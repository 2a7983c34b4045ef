"""One scale of the encoder as ONNX Runtime's CPU provider runs it fastest."""

from typing import Optional, Sequence

import torch.nn.functional as F
from mmcv.cnn import ConvModule
from torch import Tensor, nn

from ..blocks import ConvMemoryBlock
from .fold_norm import fold_norm, folded_weights
from .folded_memory_block import refuse_training
from .memory_block_weights import memory_block_weights
from .row_pairs import Pair, Products, Quad, RowPairConv, RowQuads, join_rows, kernel_quad


def make_products(weight: Tensor, bias: Optional[Tensor], like: Tensor) -> Products:
    """The products of a whole 3x3 convolution."""
    return Products(kernel_quad(weight), bias, like)


class RowPairBlock(nn.Module):
    """A memory block with a constant memory, in pairs of rows.

    What the products of the input are taken of serves its three controllers
    and the convolution that follows.

    Args:
        block (ConvMemoryBlock): One that ``can_fold_block`` allows, with maps
            of even height.
    """

    def __init__(self, block: ConvMemoryBlock) -> None:
        super().__init__()
        weights = memory_block_weights(block)
        like = block.input_controller.spatial.conv.weight
        width, channels = weights.input_x.shape[:2]

        self.input_conv = RowPairConv(width, like, make_products(weights.input_x, None, like))
        for name, start in (('even', 0), ('odd', 1)):
            self.register_buffer(f'input_map_{name}', weights.input_map[:, :, start::2].to(like))
        parts = [make_products(weights.memory_x, weights.memory_bias, like)]
        self.recall = weights.recall
        if weights.recall is not None:
            parts.append(make_products(weights.memory_recalled, None, like))
        self.memory_conv = RowPairConv(width, like, *parts)
        self.output_conv = RowPairConv(
            channels,
            like,
            make_products(weights.output_x, weights.output_bias, like),
            make_products(weights.output_memory, None, like),
        )
        self.input_pointwise = fold_norm(block.input_controller.pointwise)
        self.memory_pointwise = fold_norm(block.memory_controller.pointwise)
        self.output_pointwise = fold_norm(block.output_controller.pointwise)
        self.quads_of_memory = RowQuads(width, like)

    def forward(self, x: Tensor, quad: Quad) -> Pair:
        """:math:`C_O` of ``[B, C, H, W]`` and its quad, as a pair."""
        even, odd = self.input_conv(quad)
        c_i = (
            self.input_pointwise(F.relu(even + self.input_map_even)),
            self.input_pointwise(F.relu(odd + self.input_map_odd)),
        )
        quads = [quad]
        if self.recall is not None:
            quads.append(self.quads_of_memory.of_map(self.recall(x)))
        c_m = (self.memory_pointwise(F.relu(rows)) for rows in self.memory_conv(*quads))
        memory = tuple(i + m for i, m in zip(c_i, c_m))
        c_o = self.output_conv(quad, self.quads_of_memory.of_pair(memory))
        return tuple(self.output_pointwise(F.relu(rows)) for rows in c_o)


class RowPairStage(nn.Module):
    """A memory block, where there is one, and the convolutions behind it.

    Rows are put together again at the end alone.

    Args:
        block (ConvMemoryBlock, optional): One that ``can_fold_block`` allows,
            with maps of even height.
        convs (Sequence[ConvModule]): Those that ``can_fold_norm`` allows,
            3x3.
    """

    def __init__(self, block: Optional[ConvMemoryBlock], convs: Sequence[ConvModule]) -> None:
        super().__init__()
        like = convs[0].conv.weight
        channels = convs[0].in_channels
        self.block = None
        if block is not None:
            self.block = RowPairBlock(block)
            channels //= 2
            self.quads_of_output = RowQuads(channels, like)
        self.quads_of_input = RowQuads(channels, like)
        self.convs, self.quads = nn.ModuleList(), nn.ModuleList()
        for conv in convs:
            weight, bias = folded_weights(conv)
            parts = weight.split(channels, dim=1)
            products = [
                make_products(part, None if i else bias, like) for i, part in enumerate(parts)
            ]
            self.convs.append(RowPairConv(conv.out_channels, like, *products))
            channels = conv.out_channels
            self.quads.append(RowQuads(channels, like))
        # The last one's result is not convolved here.
        self.quads = self.quads[:-1]

    def forward(self, x: Tensor) -> Tensor:
        """From the pooled map ``[B, C, H, W]`` to the stage's feature map."""
        refuse_training(self)
        quads = [self.quads_of_input.of_map(x)]
        if self.block is not None:
            enhanced = self.block(x, quads[0])
            quads.append(self.quads_of_output.of_pair(enhanced))
        for i, conv in enumerate(self.convs):
            pair = tuple(F.relu(rows) for rows in conv(*quads))
            if i < len(self.quads):
                quads = [self.quads[i].of_pair(pair)]
        return join_rows(pair)
