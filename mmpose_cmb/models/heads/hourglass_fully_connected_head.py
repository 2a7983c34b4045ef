"""The paper's 3D head: fully connected layers on the heat-map layer."""

from typing import Dict, List, Optional, Sequence

import torch
from torch import Tensor, nn

from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType, OptSampleList

from .average_cells import average_cells
from .hourglass_spatial_head import HourglassSpatialHead


@MODELS.register_module()
class HourglassFullyConnectedHead(HourglassSpatialHead):
    """Regress all joints in space by two layers of 1024 neurons.

    "We build upon the heat map layer by two fully connected layers with 1024
    neurons to regress 3D predictions" (section 5.1). On whole heat maps of
    96x96 the first layer alone would have 142 million parameters for 15
    joints, and the paper does not say how they are made smaller: here they
    are averaged to ``pool_size`` squared cells. What is regressed is not said
    either: here u, v (relative to the crop) and the depth relative to the
    person, which are lifted with the camera's intrinsics. The joints in the
    image (``keypoints``) still come from the heat maps.

    Args:
        pool_size (int): Cells along each side of the averaged heat maps.
            Defaults to 12.
        hidden (int): Neurons of each layer. Defaults to 1024.
        regression_loss_weight (float): Weight of the coordinates' absolute
            error against the heat maps' loss, whose values are some 0.001.
            Defaults to 0.001.
        **kwargs: See :class:`HourglassHeatmapHead`; ``decoder`` must be a
            ``DepthHeatmap``.
    """

    def __init__(
        self,
        *args,
        pool_size: int = 12,
        hidden: int = 1024,
        regression_loss_weight: float = 0.001,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pool_size = pool_size
        self.regression_loss_weight = regression_loss_weight
        self.regressor = nn.Sequential(
            nn.Linear(self.out_channels * pool_size**2, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, hidden),
            nn.ReLU(inplace=True),
            nn.Linear(hidden, 3 * self.out_channels),
        )

    def regress(self, heatmaps: Tensor) -> Tensor:
        """u, v and relative depth ``[B, K, 3]`` of ``[B, K, H, W]``."""
        pooled = average_cells(heatmaps, self.pool_size)
        return self.regressor(pooled.flatten(1)).unflatten(1, (-1, 3))

    def losses_of_maps(
        self,
        heatmaps: Tensor,
        merged: Tensor,
        batch_data_samples: OptSampleList,
        train_cfg: ConfigType,
    ) -> Dict[str, Tensor]:
        """Adds ``loss_regression``."""
        losses = super().losses_of_maps(heatmaps, merged, batch_data_samples, train_cfg)
        labels = [d.gt_instance_labels for d in batch_data_samples]
        target = torch.cat([label.keypoint_uvd for label in labels])
        weights = torch.cat([label.keypoint_uvd_weights for label in labels])
        errors = (self.regress(heatmaps).float() - target).abs()
        mean = (errors * weights[..., None]).sum() / (3 * weights.sum()).clamp(min=1)
        losses['loss_regression'] = self.regression_loss_weight * mean
        return losses

    def locate(
        self,
        decoded: Dict[str, Tensor],
        maps: List[Tensor],
        merged: List[Tensor],
        flip_indices: Optional[Sequence[int]],
        shift_heatmap: bool,
    ) -> Tensor:
        """The regressed joints; the heat maps' are not used."""
        uvd = self.regress(maps[0])
        if len(maps) == 2:
            mirrored = self.regress(maps[1])
            uvd = (uvd + mirror_uvd(mirrored, flip_indices)) / 2
        # UDP's decoding counts the crop's width from 0 to its size. Numbers
        # instead of a tensor: a traced one would stay on its device.
        width, height = self.decoder.input_size
        u, v, depth = uvd.unbind(dim=2)
        return torch.stack([(u + 0.5) * width, (v + 0.5) * height, depth], dim=2)


def mirror_uvd(uvd: Tensor, flip_indices: Optional[Sequence[int]]) -> Tensor:
    """Joints ``[B, K, 3]`` of the mirrored crop as those of the crop."""
    if flip_indices is not None:
        uvd = uvd[:, list(flip_indices)]
    return torch.cat([-uvd[..., :1], uvd[..., 1:]], dim=-1)
