"""The memory block without its memory ("w/ Convs" of section 5.3)."""

from typing import Tuple

import torch
from mmengine.model import BaseModule
from torch import Tensor

from mmpose.registry import MODELS

from .conv_controller import ConvController


@MODELS.register_module()
class DuplicatedInputBlock(BaseModule):
    r"""The controllers of a memory block that see the input in M's place.

    As many parameters and multiply-adds as :class:`ConvMemoryBlock`, and
    nothing kept between steps: what is gained over no block at all is gained
    by the convolutions alone. With :math:`M_{t-1} = x`, equation 2's clip
    gives x for every r, and equations 1-4 read

    .. math::

        C_I = \phi(x \oplus x), \quad C_M = \phi(x \oplus x), \quad
        y = x \oplus \phi(x \oplus (C_M + C_I))

    The paper duplicates the input "for each convolutional controller". Taken
    literally for the output controller too, the other two would be cut off;
    so it reads :math:`C_M + C_I` here.

    Args:
        channels (int): Channels C of the input; the output has 2 C.
        feature_size (Tuple[int, int]): Height and width of the feature maps,
            in cells. Nothing here depends on them; every block is told.
        norm_cfg (dict): Normalisation. Defaults to ``dict(type='BN')``.

    Source: section 5.3 of the paper, "Ours w/ Convs" of Figure 6.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models.blocks import DuplicatedInputBlock
        >>> block = DuplicatedInputBlock(channels=32, feature_size=(96, 96))
        >>> block(torch.rand(2, 32, 96, 96)).shape
        torch.Size([2, 64, 96, 96])
    """

    def __init__(
        self, channels: int, feature_size: Tuple[int, int], *, norm_cfg: dict = dict(type='BN')
    ) -> None:
        super().__init__()
        self.out_channels = 2 * channels
        self.input_controller = ConvController(2 * channels, channels, norm_cfg)
        self.memory_controller = ConvController(2 * channels, channels, norm_cfg)
        self.output_controller = ConvController(2 * channels, channels, norm_cfg)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance ``[B, C, H, W]`` to ``[B, 2 C, H, W]``."""
        twice = torch.cat([x, x], dim=1)
        in_memorys_place = self.memory_controller(twice) + self.input_controller(twice)
        c_o = self.output_controller(torch.cat([x, in_memorys_place], dim=1))
        return torch.cat([x, c_o.to(x.dtype)], dim=1)
