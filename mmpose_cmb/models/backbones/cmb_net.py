"""The encoder of the paper's network (Table 1, layers 1-13)."""

from typing import List, Optional, Sequence, Tuple, Union

from mmcv.cnn import ConvModule
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmpose.registry import MODELS

BlockCfg = Optional[dict]


@MODELS.register_module()
class CMBNet(BaseModule):
    """Convolutional encoder with a memory block at each scale.

    A stem of convolutions runs at the input's resolution, or at a fraction of
    it for a light network. Each stage then halves the resolution (2x2 maximum
    pooling), enhances the feature maps by its block and applies its
    convolutions. With the defaults this is Table 1: conv1_1, conv1_2 | max1,
    CMB1, conv2_1 | max2, CMB2, conv3_1, conv3_2 |
    max3, CMB3, conv4_1, conv4_2.

    Table 1 does not name what follows a convolution; here it is BN and ReLU,
    as inside the controllers.

    Args:
        input_size (Tuple[int, int]): Width and height of the input in pixels,
            as in MMPose's codecs; each divisible by ``stem_stride`` times 2
            to the number of stages. The memory's height and width follow
            from it.
        in_channels (int): Channels of the input. Defaults to 1 (depth).
        stem_channels (Sequence[int]): Output channels of the stem's
            convolutions. Defaults to ``(32, 32)``.
        stem_stride (int): Stride of the stem's first convolution. Defaults to
            1, as in the paper.
        stage_channels (Sequence[Sequence[int]]): For each stage the output
            channels of its convolutions. Defaults to
            ``((64, ), (128, 128), (256, 256))``.
        block (dict | Sequence[dict | None], optional): Config of the block,
            one for all stages or one for each; None leaves it out. It is
            built with ``channels`` and ``feature_size`` (height, width) added
            and tells its ``out_channels``. Defaults to
            ``dict(type='ConvMemoryBlock')``.
        norm_cfg (dict): Normalisation of the convolutions outside blocks.
            Defaults to ``dict(type='BN')``.
        init_cfg (dict | list[dict], optional): Initialisation. Defaults to
            Kaiming for convolutions and 1 for BN.

    Raises:
        ValueError: If the input size is not divisible, or the number of block
            configs is not that of the stages.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models import CMBNet
        >>> net = CMBNet(input_size=(192, 192))
        >>> [tuple(f.shape[1:]) for f in net(torch.rand(1, 1, 192, 192))]
        [(64, 96, 96), (128, 48, 48), (256, 24, 24)]
    """

    def __init__(
        self,
        input_size: Tuple[int, int],
        *,
        in_channels: int = 1,
        stem_channels: Sequence[int] = (32, 32),
        stem_stride: int = 1,
        stage_channels: Sequence[Sequence[int]] = ((64,), (128, 128), (256, 256)),
        block: Union[BlockCfg, Sequence[BlockCfg]] = dict(type='ConvMemoryBlock'),
        norm_cfg: dict = dict(type='BN'),
        init_cfg: Union[dict, List[dict], None] = [
            dict(type='Kaiming', layer='Conv2d'),
            dict(type='Constant', val=1, layer='_BatchNorm'),
        ],
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        num_stages = len(stage_channels)
        blocks = _one_per_stage(block, num_stages)
        width, height = input_size
        coarsest = stem_stride * 2**num_stages
        if width % coarsest or height % coarsest:
            raise ValueError(
                f'input_size (width, height) {tuple(input_size)} must be '
                f'divisible by {coarsest}: the stem has stride {stem_stride} '
                f'and each of the {num_stages} stages halves the resolution'
            )

        self.input_size = (width, height)
        self.stem_stride = stem_stride
        self.stem = _make_convs(in_channels, stem_channels, norm_cfg, stem_stride)
        self.pool = nn.MaxPool2d(2)
        self.blocks = nn.ModuleList()
        self.stages = nn.ModuleList()
        channels = stem_channels[-1]
        for i, widths in enumerate(stage_channels):
            stride = stem_stride * 2 ** (i + 1)
            size = (height // stride, width // stride)
            if blocks[i] is None:
                self.blocks.append(nn.Identity())
            else:
                cfg = dict(blocks[i], channels=channels, feature_size=size)
                self.blocks.append(MODELS.build(cfg))
                channels = self.blocks[-1].out_channels
            self.stages.append(_make_convs(channels, widths, norm_cfg))
            channels = widths[-1]

    def forward(self, x: Tensor) -> Tuple[Tensor, ...]:
        """Encode ``[B, C, H, W]``.

        Returns:
            Tuple[Tensor, ...]: One feature map a stage, from half of the
            stem's resolution downwards: conv2_1, conv3_2, conv4_2.

        Raises:
            ValueError: If the image is not of ``input_size``.
        """
        if x.shape[-2:] != self.input_size[::-1]:
            raise ValueError(
                f'{type(self).__name__} was built for images of (width, '
                f'height) {self.input_size}, got '
                f'{(x.shape[-1], x.shape[-2])}'
            )
        x = self.stem(x)
        features = []
        for block, convs in zip(self.blocks, self.stages):
            x = convs(block(self.pool(x)))
            features.append(x)
        return tuple(features)


def _one_per_stage(block, num_stages: int) -> List[BlockCfg]:
    """Spread one block config over all stages, or check a list of them."""
    if block is None or isinstance(block, dict):
        return [block] * num_stages
    if len(block) != num_stages:
        raise ValueError(
            f'got {len(block)} block configs for {num_stages} '
            'stages; give one for all, or one for each'
        )
    return list(block)


def _make_convs(
    in_channels: int, widths: Sequence[int], norm_cfg: dict, stride: int = 1
) -> nn.Sequential:
    """3x3 convolutions with normalisation and ReLU; the first one strides."""
    layers = []
    for out_channels in widths:
        layers.append(
            ConvModule(in_channels, out_channels, 3, stride=stride, padding=1, norm_cfg=norm_cfg)
        )
        in_channels, stride = out_channels, 1
    return nn.Sequential(*layers)
