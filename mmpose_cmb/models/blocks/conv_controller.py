"""The controller of a convolutional memory block (Figure 3)."""

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor


class ConvController(BaseModule):
    """3x3 convolution, BN, ReLU, 1x1 convolution, BN, ReLU: the paper's phi.

    Source: Figure 3 and the text below equation 1. The 1x1 convolution lets
    information flow between channels; all convolutions have stride 1 and as
    many channels as the output.

    Args:
        in_channels (int): Channels of the concatenated input.
        out_channels (int): Channels of the result.
        norm_cfg (dict): Normalisation. Defaults to ``dict(type='BN')``.
    """

    def __init__(
        self, in_channels: int, out_channels: int, norm_cfg: dict = dict(type='BN')
    ) -> None:
        super().__init__()
        self.spatial = ConvModule(in_channels, out_channels, 3, padding=1, norm_cfg=norm_cfg)
        self.pointwise = ConvModule(out_channels, out_channels, 1, norm_cfg=norm_cfg)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[B, in_channels, H, W]`` to ``[B, out_channels, H, W]``."""
        return self.pointwise(self.spatial(x))
