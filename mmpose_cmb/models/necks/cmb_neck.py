"""Memory blocks on the feature maps of any backbone."""

from typing import Optional, Sequence, Tuple

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmpose.registry import MODELS


@MODELS.register_module()
class CMBNeck(BaseModule):
    """Put memory blocks on chosen feature maps of any backbone.

    Each chosen map of C channels is enhanced to 2 C by its block, and a 1x1
    convolution with BN and ReLU brings it back to C, so that any head that
    fits the backbone fits the neck. The other maps go through unchanged.

    Args:
        input_size (Tuple[int, int]): Width and height of the network's input
            in pixels, as in MMPose's codecs.
        in_channels (Sequence[int]): Channels of each of the backbone's maps.
        strides (Sequence[int]): Input pixels per cell of each map.
        indices (Sequence[int], optional): Which maps are enhanced; negative
            ones count from the last. Defaults to all. Most heads read the
            last map alone; blocks on maps that nobody reads are not trained.
        block (dict): Config of the block, built as in :class:`CMBNet`.
            Defaults to ``dict(type='ConvMemoryBlock')``.
        norm_cfg (dict): Normalisation of the 1x1 convolutions. Defaults to
            ``dict(type='BN')``.

    Raises:
        ValueError: If the arguments do not fit each other, or the input size
            is not divisible by the stride of a chosen map.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models import CMBNeck
        >>> neck = CMBNeck(input_size=(192, 256), in_channels=(256, 512),
        ...                strides=(16, 32), indices=(-1, ))
        >>> maps = torch.rand(1, 256, 16, 12), torch.rand(1, 512, 8, 6)
        >>> [tuple(f.shape) for f in neck(maps)]
        [(1, 256, 16, 12), (1, 512, 8, 6)]
    """

    def __init__(
        self,
        input_size: Tuple[int, int],
        in_channels: Sequence[int],
        strides: Sequence[int],
        *,
        indices: Optional[Sequence[int]] = None,
        block: dict = dict(type='ConvMemoryBlock'),
        norm_cfg: dict = dict(type='BN'),
    ) -> None:
        super().__init__()
        if len(in_channels) != len(strides):
            raise ValueError(
                f'got {len(in_channels)} in_channels and '
                f'{len(strides)} strides; give one of each for '
                'each map of the backbone'
            )
        num_maps = len(in_channels)
        if indices is None:
            indices = range(num_maps)
        unknown = [i for i in indices if not -num_maps <= i < num_maps]
        if unknown:
            raise ValueError(f'indices {unknown}: the backbone has {num_maps} maps')

        self.num_maps = num_maps
        width, height = input_size
        # Names of modules are text.
        self.blocks = nn.ModuleDict()
        self.reducers = nn.ModuleDict()
        for i in sorted({i % num_maps for i in indices}):
            if width % strides[i] or height % strides[i]:
                raise ValueError(
                    f'input_size (width, height) {tuple(input_size)} is not '
                    f'divisible by {strides[i]}, the stride of map {i}'
                )
            size = (height // strides[i], width // strides[i])
            built = MODELS.build(dict(block, channels=in_channels[i], feature_size=size))
            self.blocks[str(i)] = built
            self.reducers[str(i)] = ConvModule(
                built.out_channels, in_channels[i], 1, norm_cfg=norm_cfg
            )

    def forward(self, feats: Sequence[Tensor]) -> Tuple[Tensor, ...]:
        """Enhance a backbone's maps, each ``[B, C, H, W]``.

        Returns:
            Tuple[Tensor, ...]: As many maps of the same shapes.

        Raises:
            ValueError: If the backbone gives another number of maps.
        """
        if len(feats) != self.num_maps:
            raise ValueError(
                f'CMBNeck was built for {self.num_maps} maps, the backbone '
                f'gives {len(feats)}: set in_channels and strides, or the '
                "backbone's out_indices"
            )
        enhanced = list(feats)
        for name, block in self.blocks.items():
            maps = block(feats[int(name)])
            enhanced[int(name)] = self.reducers[name](maps)
        return tuple(enhanced)
