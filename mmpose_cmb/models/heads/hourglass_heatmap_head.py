"""The decoder of the paper's network (Table 1, layers 14-20)."""
from typing import Sequence, Tuple

from torch import Tensor, nn

from mmpose.models.heads import HeatmapHead
from mmpose.registry import MODELS
from .upsample_merge import UpsampleMerge


@MODELS.register_module()
class HourglassHeatmapHead(HeatmapHead):
    """Merge the encoder's scales bottom-up into heat maps.

    From the coarsest feature map on: upsample by nearest neighbour to the
    next finer map, concatenate with it, convolve (3x3, BN, ReLU). A 1x1
    convolution gives the heat maps at the resolution of the finest map, half
    of the input's. With the defaults this is Table 1: upsampling, conv3_2
    (384), conv5 (128), upsampling, conv2_1 (192; printed as 196), conv6 (64),
    conv7 (K).

    Loss, decoding and flip test are those of MMPose's ``HeatmapHead``.

    Args:
        in_channels (Sequence[int]): Channels of the encoder's feature maps,
            finest first.
        out_channels (int): Number of joints K.
        decoder_channels (Sequence[int]): Channels after each concatenation,
            coarsest first; one fewer than feature maps.
            Defaults to ``(128, 64)``.
        norm_cfg (dict): Normalisation. Defaults to ``dict(type='BN')``.
        **kwargs: ``loss``, ``decoder``, ``init_cfg``: see ``HeatmapHead``.

    Raises:
        ValueError: If ``decoder_channels`` does not fit ``in_channels``.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models import HourglassHeatmapHead
        >>> head = HourglassHeatmapHead((64, 128, 256), out_channels=19)
        >>> feats = [torch.rand(1, c, s, s)
        ...          for c, s in ((64, 96), (128, 48), (256, 24))]
        >>> head(feats).shape
        torch.Size([1, 19, 96, 96])
    """

    def __init__(self,
                 in_channels: Sequence[int],
                 out_channels: int,
                 decoder_channels: Sequence[int] = (128, 64),
                 norm_cfg: dict = dict(type='BN'),
                 **kwargs) -> None:
        if len(decoder_channels) != len(in_channels) - 1:
            raise ValueError(
                f'{len(in_channels)} feature maps need '
                f'{len(in_channels) - 1} decoder_channels, got '
                f'{tuple(decoder_channels)}')
        super().__init__(
            in_channels=decoder_channels[-1] if decoder_channels else
            in_channels[0],
            out_channels=out_channels,
            deconv_out_channels=None,
            **kwargs)
        self.in_channels = tuple(in_channels)

        self.merges = nn.ModuleList()
        below = in_channels[-1]
        for skip, width in zip(in_channels[-2::-1], decoder_channels):
            self.merges.append(UpsampleMerge(below, skip, width, norm_cfg))
            below = width

    def merge(self, feats: Tuple[Tensor]) -> Tensor:
        """Merge feature maps, finest first, up to the finest: conv6."""
        *skips, x = feats
        for skip, merge in zip(skips[::-1], self.merges):
            x = merge(x, skip)
        return x

    def forward(self, feats: Tuple[Tensor]) -> Tensor:
        """Predict heat maps ``[B, K, H/2, W/2]`` for an ``[H, W]`` input.

        Args:
            feats (Tuple[Tensor]): Feature maps ``[B, C_i, H_i, W_i]``, finest
                first; or the merged map alone.
        """
        # MMPose's loss reads the heat maps as numpy, which has no bfloat16.
        return super().forward((self.merge(feats), )).float()

    @property
    def default_init_cfg(self):
        """Kaiming for the convolutions, narrow for the heat maps."""
        return [
            dict(
                type='Kaiming',
                layer='Conv2d',
                override=dict(type='Normal', name='final_layer', std=0.001)),
            dict(type='Constant', val=1, layer='_BatchNorm')
        ]
