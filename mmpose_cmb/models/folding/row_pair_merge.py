"""The decoder's merge as ONNX Runtime's CPU provider runs it fastest."""

from typing import List

import torch
from torch import Tensor, nn

from ..heads.upsample_merge import UpsampleMerge
from .fold_norm import folded_weights
from .folded_merge import FoldedMerge
from .row_pairs import (
    DoubledRowQuads,
    Products,
    RowPairConv,
    RowQuads,
    doubled_kernel_quad,
    kernel_quad,
)
from .upsampled_convolution import phase_taps


class RowPairMerge(FoldedMerge):
    r"""The four phases of the finer map, each at the coarse resolution.

    ONNX Runtime multiplies a transposed convolution out into a column matrix,
    but keeps plain ones, sums and ReLU in one blocked layout and fuses them.
    So even and odd columns are two convolutions, each in pairs of rows
    (:mod:`.row_pairs`), and the four phases are interleaved at the end. Of
    the coarse map, whose rows are the same two by two, three products are
    left, of two taps each: 12 for 4 results of the 36 of the 3x3 kernel.

    Args:
        merge (UpsampleMerge): One that ``can_fold_norm`` allows.
    """

    def __init__(self, merge: UpsampleMerge) -> None:
        super().__init__(merge)
        del self.kernel, self.of_skip
        weight, bias = folded_weights(merge)
        of_x, of_skip = weight[:, : merge.below], weight[:, merge.below :]
        like = merge.conv.weight
        self.quads_of_x = DoubledRowQuads(merge.below, like)
        self.quads_of_skip = RowQuads(of_skip.shape[1], like)
        self.columns = nn.ModuleList(
            RowPairConv(
                weight.shape[0],
                like,
                Products(doubled_kernel_quad(phase_taps(of_x, column, dim=3)), None, like, column),
                Products(kernel_quad(of_skip), bias, like, column, stride=2),
            )
            for column in (0, 1)
        )

    def merge_doubled(self, x: Tensor, skip: Tensor) -> Tensor:
        """Merge where the encoder's map is exactly two times as large."""
        quads = self.quads_of_x(x), self.quads_of_skip.of_map(skip)
        columns = [conv(*quads) for conv in self.columns]
        phases = [[self.activate(column[row]) for column in columns] for row in (0, 1)]
        return interleave(phases)


def interleave(phases: List[List[Tensor]]) -> Tensor:
    """The four phases ``[B, C, h, w]`` of a map ``[B, C, 2 h, 2 w]``.

    The channels come last meanwhile: then whole runs of them are copied.

    Args:
        phases (List[List[Tensor]]): Even and odd rows, in each even and odd
            columns.
    """
    batch, channels, height, width = phases[0][0].shape
    rows = [
        torch.cat([phase.permute(0, 2, 3, 1) for phase in row], dim=3).reshape(
            batch, height, 2 * width, channels
        )
        for row in phases
    ]
    whole = torch.cat(rows, dim=2)
    whole = whole.reshape(batch, 2 * height, 2 * width, channels)
    return whole.permute(0, 3, 1, 2)
