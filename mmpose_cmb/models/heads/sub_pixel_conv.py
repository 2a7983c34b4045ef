"""Maps that are finer than the features that they are made of."""
import torch.nn.functional as F
from torch import Tensor, nn


class SubPixelConv(nn.Conv2d):
    """A 1x1 convolution to maps of ``upscale`` times the resolution.

    It gives ``upscale`` squared values of each map for each cell, which are
    laid side by side (the sub-pixel convolution of Shi et al., CVPR 2016):
    finer maps for next to no multiply-adds.

    Args:
        in_channels (int): Channels of the features.
        out_channels (int): Number of maps.
        upscale (int): How many times finer. With 1 it is a plain 1x1
            convolution.
    """

    def __init__(self, in_channels: int, out_channels: int,
                 upscale: int) -> None:
        super().__init__(in_channels, out_channels * upscale**2, 1)
        self.upscale = upscale

    def forward(self, x: Tensor) -> Tensor:
        """From ``[B, C, h, w]`` to ``[B, K, upscale h, upscale w]``."""
        return F.pixel_shuffle(super().forward(x), self.upscale)


def map_layer(in_channels: int, out_channels: int, upscale: int) -> nn.Conv2d:
    """The layer that gives ``out_channels`` maps of some features."""
    if upscale == 1:
        return nn.Conv2d(in_channels, out_channels, 1)
    return SubPixelConv(in_channels, out_channels, upscale)
