"""One step of the decoder: from a coarse map to the next finer one."""

import torch
import torch.nn.functional as F
from mmcv.cnn import ConvModule
from torch import Tensor


class UpsampleMerge(ConvModule):
    """Upsample, concatenate with the encoder's map, convolve (3x3, BN, ReLU).

    Args:
        below (int): Channels of the coarse map.
        skip (int): Channels of the encoder's finer map.
        width (int): Channels of the result.
        norm_cfg (dict): Normalisation.
    """

    def __init__(self, below: int, skip: int, width: int, norm_cfg: dict) -> None:
        super().__init__(below + skip, width, 3, padding=1, norm_cfg=norm_cfg)
        self.below = below

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """Merge ``[B, below, h, w]`` and ``[B, skip, H, W]``.

        Returns:
            Tensor: ``[B, width, H, W]``.
        """
        x = F.interpolate(x, size=skip.shape[-2:], mode='nearest')
        return super().forward(torch.cat([x, skip], dim=1))
