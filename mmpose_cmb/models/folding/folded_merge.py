"""The decoder's merge without the upsampled map and the concatenation."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..heads.upsample_merge import UpsampleMerge
from .fold_norm import fold_norm, folded_weights, frozen, make_conv
from .upsampled_convolution import transposed_kernel


class FoldedMerge(nn.Module):
    """What :class:`UpsampleMerge` computes in evaluation mode, faster.

    A sum of two convolutions: one of the encoder's map, and one of the coarse
    map, as a transposed convolution at 4/9 of the multiply-adds
    (:mod:`.upsampled_convolution`).

    Args:
        merge (UpsampleMerge): One that ``can_fold_norm`` allows.
    """

    def __init__(self, merge: UpsampleMerge) -> None:
        super().__init__()
        weight, bias = folded_weights(merge)
        of_skip = weight[:, merge.below :]
        like = merge.conv.weight
        self.of_skip = make_conv(of_skip, bias, like, padding=(1, 1))
        self.kernel = frozen(transposed_kernel(weight[:, : merge.below]), like)
        # For maps that are not exactly two times as large.
        self.plain = fold_norm(merge)
        self.activate = self.plain[1]

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Merge ``[B, below, h, w]`` and ``[B, skip, H, W]``."""
        if skip.shape[-2:] == (2 * x.shape[-2], 2 * x.shape[-1]):
            return self.merge_doubled(x, skip)
        x = F.interpolate(x, size=skip.shape[-2:], mode='nearest')
        return self.plain(torch.cat([x, skip], dim=1))

    def merge_doubled(self, x: Tensor, skip: Tensor) -> Tensor:
        """Merge where the encoder's map is exactly two times as large."""
        return self.activate(
            F.conv_transpose2d(x, self.kernel, stride=2, padding=1) + self.of_skip(skip)
        )
