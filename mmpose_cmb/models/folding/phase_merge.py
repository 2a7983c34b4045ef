"""The decoder's merge as ONNX Runtime's CPU provider runs it fastest."""
from typing import List, Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..heads.upsample_merge import UpsampleMerge
from .fold_norm import folded_weights, make_conv
from .folded_merge import FoldedMerge
from .upsampled_convolution import phase_taps


class PhaseMerge(FoldedMerge):
    r"""The four phases of the finer map, each at the coarse resolution.

    ONNX Runtime multiplies a transposed convolution out into a column matrix,
    but keeps plain ones, sums and ReLU in one blocked layout and fuses them.
    So each of the four phases (even and odd rows and columns) is a sum of
    plain convolutions, and the phases are interleaved at the end.

    Two phases along the rows share a product: with :math:`s = w_0 + w_1 +
    w_2`,

    .. math::

        y[2m]     &= s x[m] + w_0 (x[m - 1] - x[m]) \\
        y[2m + 1] &= s x[m] + w_2 (x[m + 1] - x[m])

    which leaves 12 products for 4 results of the 36 of the 3x3 kernel.

    Args:
        merge (UpsampleMerge): One that ``can_fold_norm`` allows.
    """

    def __init__(self, merge: UpsampleMerge) -> None:
        super().__init__(merge)
        del self.kernel
        weight, bias = folded_weights(merge)
        of_x, of_skip = weight[:, :merge.below], weight[:, merge.below:]
        like = merge.conv.weight
        self.of_skip = make_conv(of_skip, bias, like, stride=(2, 2))

        step = weight.new_tensor([1, -1]).view(1, 1, 2, 1)
        step = step.expand(merge.below, -1, -1, -1)
        # For even rows x[m - 1] - x[m], for odd ones x[m + 1] - x[m].
        self.differences = nn.ModuleList(
            make_conv(kernel, None, like, groups=merge.below)
            for kernel in (step, -step))
        taps = [phase_taps(of_x, column, dim=3) for column in (0, 1)]
        self.sums = nn.ModuleList(
            make_conv(kernel.sum(2, keepdim=True), None, like)
            for kernel in taps)
        self.edges = nn.ModuleList(
            make_conv(kernel[:, :, row:row + 1], None, like)
            for row in (0, 2) for kernel in taps)

    def merge_doubled(self, x: Tensor, skip: Tensor) -> Tensor:
        """Merge where the encoder's map is exactly two times as large."""
        sums = [
            conv(pad_for_phase(x, column=column))
            for column, conv in enumerate(self.sums)
        ]
        rows = []
        for row in (0, 1):
            change = self.differences[row](pad_for_phase(x, row=row))
            phases = []
            for column in (0, 1):
                edge = self.edges[2 * row + column]
                # Each sum has one convolution that can take it in.
                total = sums[column] + self.of_skip(
                    pad_for_phase(skip, row, column))
                total = edge(pad_for_phase(change, column=column)) + total
                phases.append(self.activate(total))
            rows.append(_interleave_columns(phases))
        return _interleave_rows(rows)


def pad_for_phase(x: Tensor, row: Optional[int] = None,
                  column: Optional[int] = None) -> Tensor:
    """One zero before the first cell for phase 0, after the last for 1.

    Args:
        x (Tensor): ``[B, C, h, w]``.
        row, column (int, optional): The phase along each axis; None pads
            nothing.
    """
    pads = []
    for phase in (column, row):
        pads += [0, 0] if phase is None else [1 - phase, phase]
    # With its value said, ONNX Runtime moves the padding into the convolution.
    return F.pad(x, pads, 'constant', 0.)


def _interleave_columns(phases: List[Tensor]) -> Tensor:
    """``[B, C, h, w]`` of even and odd columns to ``[B, h, 2 w, C]``.

    The channels come last: interleaving then copies whole runs of them.
    """
    both = torch.cat(phases, dim=1).permute(0, 2, 3, 1)
    batch, height, width, channels = both.shape
    return both.reshape(batch, height, 2 * width, channels // 2)


def _interleave_rows(rows: List[Tensor]) -> Tensor:
    """``[B, h, W, C]`` of even and odd rows to ``[B, C, 2 h, W]``."""
    both = torch.cat(rows, dim=2)
    batch, height, width, channels = both.shape
    both = both.reshape(batch, 2 * height, width // 2, channels)
    return both.permute(0, 3, 1, 2)
