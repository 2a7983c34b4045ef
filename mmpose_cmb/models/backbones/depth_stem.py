"""MMPose's backbones for colour images, with one channel of depth."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from mmpose.registry import MODELS


@MODELS.register_module()
class DepthStem(BaseModule):
    """A backbone that sees one channel where it was made for three.

    For backbones without an argument for it (``HourglassNet``, ``CPM``,
    ``MobileNetV2``, ``CSPNeXt``): every convolution of three channels, which
    sees the image, is replaced. Weights for colour images do not fit.

    Args:
        backbone (dict): Config of the backbone.
        init_cfg (dict | list[dict], optional): As in MMEngine.

    Raises:
        ValueError: If the backbone has no convolution of three channels.

    Example:
        >>> import torch
        >>> from mmpose_cmb.models import DepthStem
        >>> net = DepthStem(dict(type='MobileNetV2'))
        >>> net(torch.rand(2, 1, 64, 64))[0].shape
        torch.Size([2, 1280, 2, 2])
    """

    def __init__(self, backbone: dict, init_cfg=None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.backbone = MODELS.build(backbone)
        stems = [
            (part, name)
            for part in self.backbone.modules()
            for name, child in part.named_children()
            if isinstance(child, nn.Conv2d) and child.in_channels == 3
        ]
        if not stems:
            raise ValueError(
                f'{type(self.backbone).__name__} has no convolution of three '
                'channels; it needs no DepthStem'
            )
        for part, name in stems:
            setattr(part, name, _with_one_channel(getattr(part, name)))

    def forward(self, x: Tensor):
        """What the backbone gives for ``[B, 1, H, W]``."""
        return self.backbone(x)


def _with_one_channel(conv: nn.Conv2d) -> nn.Conv2d:
    """The same convolution for one input channel, initialised anew."""
    return nn.Conv2d(
        1,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        bias=conv.bias is not None,
    )
