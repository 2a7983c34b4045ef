"""People's boxes out of the paper's decoder."""

from typing import Dict, List, Tuple

import torch
from mmcv.cnn import ConvModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmpose.registry import MODELS
from mmpose.utils.typing import ConfigType, OptSampleList

from .hourglass_heatmap_head import HourglassHeatmapHead


@MODELS.register_module()
class HourglassBoxHead(HourglassHeatmapHead):
    """Merge the encoder's scales; find centres of boxes and their sides.

    Args:
        box_channels (int): Channels of the 3x3 convolution before the maps.
            Defaults to 32.
        usual_side_px (float): What a side map of 0 says: its exponential is
            multiplied by it. Pixels of the input. Defaults to 24.
        loss (dict): Of the heat. Defaults to the penalty-reduced focal loss
            of CornerNet and CenterNet.
        loss_sides (dict): Of the boxes. Defaults to GIoU with the weight 2.
        **kwargs: ``in_channels``, ``decoder_channels``, ``decoder`` (a
            ``BoxHeatmap``): see :class:`HourglassHeatmapHead`.
    """

    def __init__(
        self,
        *args,
        box_channels: int = 32,
        usual_side_px: float = 24.0,
        loss: ConfigType = dict(type='mmdet.GaussianFocalLoss'),
        loss_sides: ConfigType = dict(type='mmdet.GIoULoss', loss_weight=2.0),
        norm_cfg: dict = dict(type='BN'),
        **kwargs,
    ) -> None:
        super().__init__(*args, out_channels=1, loss=loss, norm_cfg=norm_cfg, **kwargs)
        merged = self.final_layer.in_channels
        self.usual_side_px = usual_side_px
        self.box_conv = ConvModule(merged, box_channels, 3, padding=1, norm_cfg=norm_cfg)
        self.final_layer = nn.Conv2d(box_channels, 1, 1)
        self.side_layer = nn.Conv2d(box_channels, 4, 1)
        self.loss_sides = MODELS.build(loss_sides)

    def forward(self, feats: Tuple[Tensor]) -> Tuple[Tensor, Tensor]:
        """Heat and sides of an input ``[H, W]``.

        Args:
            feats (Tuple[Tensor]): The encoder's feature maps.

        Returns:
            tuple: Probabilities ``[B, 1, h, w]`` that a cell is a box's
            centre, and distances ``[B, 4, h, w]`` from it to the box's left,
            upper, right and lower side, pixels of the input.
        """
        x = self.box_conv(self.merge(feats))
        # bfloat16 would know neither small probabilities nor parts of a pixel.
        heat, sides = self.final_layer(x).float(), self.side_layer(x).float()
        return heat.sigmoid(), sides.clamp(-5, 5).exp() * self.usual_side_px

    def loss(
        self, feats: Tuple[Tensor], batch_data_samples: OptSampleList, train_cfg: ConfigType = {}
    ) -> Dict[str, Tensor]:
        """``loss_heat`` and ``loss_sides`` of a mini-batch.

        Args:
            feats (Tuple[Tensor]): See :meth:`forward`.
            batch_data_samples (List[PoseDataSample]): With the codec's maps.
            train_cfg (dict): Not used.
        """
        heat, sides = self.forward(feats)
        target, heat_weights, target_sides, side_weights = (
            torch.stack([sample.gt_fields.get(f'box_{name}') for sample in batch_data_samples])
            for name in ('heat', 'heat_weights', 'sides', 'side_weights')
        )
        people = target.eq(1).sum().clamp(min=1)
        answering = side_weights[:, 0] > 0
        return dict(
            loss_heat=self.loss_module(heat, target, weight=heat_weights, avg_factor=people),
            loss_sides=self.loss_sides(
                _boxes(sides, answering),
                _boxes(target_sides, answering),
                side_weights[:, 0][answering],
                avg_factor=people,
            ),
        )

    def predict(
        self, feats: Tuple[Tensor], batch_data_samples: OptSampleList, test_cfg: ConfigType = {}
    ) -> List[InstanceData]:
        """Boxes ``bboxes`` [N, 4], pixels of the input, and ``bbox_scores``."""
        heat, sides = (maps.detach().cpu().numpy() for maps in self.forward(feats))
        instances = []
        for one_heat, one_sides in zip(heat, sides):
            boxes, scores = self.decoder.decode((one_heat[0], one_sides))
            instances.append(InstanceData(bboxes=boxes, bbox_scores=scores))
        return instances

    @property
    def default_init_cfg(self):
        """As the heat maps' head; at first nearly no cell is a centre."""
        convs, norms = super().default_init_cfg
        narrow = dict(type='Normal', std=0.001)
        # 1 % (Lin et al., "Focal Loss for Dense Object Detection", 2017).
        override = [
            dict(narrow, name='final_layer', bias=-4.6),
            dict(narrow, name='side_layer', bias=0),
        ]
        return [dict(convs, override=override), norms]


def _boxes(sides: Tensor, cells: Tensor) -> Tensor:
    """Boxes [n, 4] around the cells' places, of [B, 4, h, w] and [B, h, w]."""
    left, up, right, down = sides.movedim(1, 0)[:, cells]
    return torch.stack([-left, -up, right, down], dim=1)
