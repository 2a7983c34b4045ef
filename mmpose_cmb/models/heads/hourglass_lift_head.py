"""Joints in space from depth-offset maps read at the heat maps' maxima."""

from typing import Dict, List, Optional, Sequence

import torch
from mmcv.cnn import ConvModule
from torch import Tensor, nn

from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType, OptSampleList

from .flip_test import average_mirrored
from .hourglass_spatial_head import HourglassSpatialHead


def read_at_maximum(values: Tensor, heatmaps: Tensor) -> Tensor:
    """Mean of a map where its heat map exceeds half of its maximum.

    Weighted by the excess, so that it is smooth; a second, lower mode of the
    heat map does not count.

    Args:
        values (Tensor): ``[B, K, H, W]``.
        heatmaps (Tensor): ``[B, K, H, W]``.

    Returns:
        Tensor: ``[B, K]``.
    """
    half = 0.5 * heatmaps.amax(dim=(2, 3), keepdim=True).clamp(min=1e-6)
    weights = (heatmaps - half).clamp(min=0)
    # Nowhere positive: an empty heat map says nothing of the place.
    weights = weights + 1e-12
    return (values * weights).sum((2, 3)) / weights.sum((2, 3))


def masked_map_loss(
    depth_maps: Tensor, heatmaps: Tensor, depths: Tensor, weights: Tensor
) -> Tensor:
    """Absolute error of the depth maps around each joint.

    Every cell answers for its joint with the weight of the target heat map,
    so that a location that is off by a few cells still reads the right depth.

    Args:
        depth_maps (Tensor): ``[B, K, H, W]``.
        heatmaps (Tensor): Target heat maps, the same shape.
        depths (Tensor): Target depths ``[B, K]``.
        weights (Tensor): ``[B, K]``, 0 for joints without a label.

    Returns:
        Tensor: Mean over labelled joints inside the crop, a scalar.
    """
    mass = heatmaps.sum((2, 3))
    errors = (depth_maps - depths[..., None, None]).abs() * heatmaps
    per_joint = errors.sum((2, 3)) / mass.clamp(min=1e-6)
    counted = weights * (mass > 0)
    return (per_joint * counted).sum() / counted.sum().clamp(min=1)


@MODELS.register_module()
class HourglassLiftHead(HourglassSpatialHead):
    """The paper's decoder with a depth map beside each heat map.

    Joints lie inside the body, so their depth is learned, not read off the
    surface: K maps tell the joint's depth relative to the person (in the unit
    of ``NormalizeDepth``). At test time each is read where its heat map is
    high, and pixel and depth are lifted with the camera's intrinsics. This is
    not in the paper, whose head regresses all coordinates with two fully
    connected layers (:class:`HourglassFullyConnectedHead`).

    Args:
        depth_channels (int): Channels of the 3x3 convolution before the depth
            maps. Defaults to 128.
        depth_loss_weight (float): Weight of the depth maps' absolute error
            against the heat maps' loss, whose values are some 0.001. A larger
            one takes the shared layers from the heat maps.
            Defaults to 0.001.
        **kwargs: See :class:`HourglassHeatmapHead`; ``decoder`` must be a
            ``DepthHeatmap``.
    """

    def __init__(
        self,
        *args,
        depth_channels: int = 128,
        depth_loss_weight: float = 0.001,
        norm_cfg: dict = dict(type='BN'),
        **kwargs,
    ) -> None:
        super().__init__(*args, norm_cfg=norm_cfg, **kwargs)
        width = self.final_layer.in_channels
        self.depth_loss_weight = depth_loss_weight
        self.depth_conv = ConvModule(width, depth_channels, 3, padding=1, norm_cfg=norm_cfg)
        self.depth_layer = nn.Conv2d(depth_channels, self.out_channels, 1)

    def depth_maps(self, merged: Tensor) -> Tensor:
        """Relative depths ``[B, K, H, W]`` of merged features."""
        return self.depth_layer(self.depth_conv(merged)).float()

    def losses_of_maps(
        self,
        heatmaps: Tensor,
        merged: Tensor,
        batch_data_samples: OptSampleList,
        train_cfg: ConfigType,
    ) -> Dict[str, Tensor]:
        """Adds ``loss_depth``."""
        losses = super().losses_of_maps(heatmaps, merged, batch_data_samples, train_cfg)
        labels = [d.gt_instance_labels for d in batch_data_samples]
        losses['loss_depth'] = self.depth_loss_weight * masked_map_loss(
            self.depth_maps(merged),
            torch.stack([d.gt_fields.heatmaps for d in batch_data_samples]),
            torch.cat([label.keypoint_uvd for label in labels])[..., 2],
            torch.cat([label.keypoint_uvd_weights for label in labels]),
        )
        return losses

    def locate(
        self,
        decoded: Dict[str, Tensor],
        maps: List[Tensor],
        merged: List[Tensor],
        flip_indices: Optional[Sequence[int]],
        shift_heatmap: bool,
    ) -> Tensor:
        """The heat maps' joints, with the depth read at their maxima."""
        depth_maps = average_mirrored(
            [self.depth_maps(x) for x in merged], flip_indices, shift_heatmap
        )
        depths = read_at_maximum(depth_maps, decoded['heatmaps'])
        return torch.cat([decoded['keypoints'], depths.unsqueeze(2)], dim=2)

    @property
    def default_init_cfg(self):
        """As the heat maps' head; depth maps start near the person's depth."""
        convs, norms = super().default_init_cfg
        narrow = [convs['override'], dict(convs['override'], name='depth_layer')]
        return [dict(convs, override=narrow), norms]
