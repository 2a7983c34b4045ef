"""The decoder of the paper's network (Table 1, layers 14-20)."""

from typing import Dict, List, Optional, Sequence, Tuple

import torch
from mmengine.structures import PixelData
from torch import Tensor, nn

from mmpose.evaluation.functional import pose_pck_accuracy
from mmpose.models.heads import HeatmapHead
from mmpose.registry import MODELS
from mmpose.utils.tensor_utils import to_numpy
from mmpose.utils.typing import ConfigType, OptSampleList

from ...codecs.decode_tensors import UDPDecoder, is_gaussian_udp
from .decoded_instances import to_instances
from .flip_test import average_mirrored
from .score_calibration import ScoreCalibration
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

    The loss is that of MMPose's ``HeatmapHead``; decoding and flip test give
    its numbers, but run on the device (:meth:`decode_tensors`).

    Args:
        in_channels (Sequence[int]): Channels of the encoder's feature maps,
            finest first.
        out_channels (int): Number of joints K.
        decoder_channels (Sequence[int]): Channels after each concatenation,
            coarsest first; one fewer than feature maps.
            Defaults to ``(128, 64)``.
        norm_cfg (dict): Normalisation. Defaults to ``dict(type='BN')``.
        calibrated (bool): Turn scores into probabilities by tables that are
            stored with the weights: see :class:`ScoreCalibration`. Defaults
            to False: scores are the heights of the heat maps.
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

    def __init__(
        self,
        in_channels: Sequence[int],
        out_channels: int,
        decoder_channels: Sequence[int] = (128, 64),
        norm_cfg: dict = dict(type='BN'),
        calibrated: bool = False,
        **kwargs,
    ) -> None:
        if len(decoder_channels) != len(in_channels) - 1:
            raise ValueError(
                f'{len(in_channels)} feature maps need '
                f'{len(in_channels) - 1} decoder_channels, got '
                f'{tuple(decoder_channels)}'
            )
        super().__init__(
            in_channels=decoder_channels[-1] if decoder_channels else in_channels[0],
            out_channels=out_channels,
            deconv_out_channels=None,
            **kwargs,
        )
        self.in_channels = tuple(in_channels)

        self.calibration = ScoreCalibration(out_channels) if calibrated else nn.Identity()
        self.merges = nn.ModuleList()
        below = in_channels[-1]
        for skip, width in zip(in_channels[-2::-1], decoder_channels):
            self.merges.append(UpsampleMerge(below, skip, width, norm_cfg))
            below = width

        codec = self.decoder
        self.tensor_decoder = (
            UDPDecoder(codec.input_size, codec.heatmap_size, codec.blur_kernel_size)
            if is_gaussian_udp(codec)
            else None
        )

    def forward(self, feats: Tuple[Tensor]) -> Tensor:
        """Predict heat maps ``[B, K, H/2, W/2]`` for an ``[H, W]`` input.

        Args:
            feats (Tuple[Tensor]): The encoder's feature maps
                ``[B, C_i, H_i, W_i]``, finest first, one for each of
                ``in_channels``.

        Raises:
            ValueError: For another number of feature maps.
        """
        return self.heatmaps(self.merge(feats))

    def merge(self, feats: Tuple[Tensor]) -> Tensor:
        """Merge the encoder's feature maps up to the finest: conv6.

        Args:
            feats (Tuple[Tensor]): See :meth:`forward`.

        Returns:
            Tensor: ``[B, C, H/2, W/2]``.
        """
        if len(feats) != len(self.in_channels):
            raise ValueError(
                f'{type(self).__name__} was built for '
                f'{len(self.in_channels)} feature maps, got {len(feats)}'
            )
        *skips, x = feats
        for skip, merge in zip(skips[::-1], self.merges):
            x = merge(x, skip)
        return x

    def heatmaps(self, merged: Tensor) -> Tensor:
        """Heat maps ``[B, K, h, w]`` of merged features ``[B, C, h, w]``."""
        # MMPose's loss reads the heat maps as numpy, which has no bfloat16.
        return super().forward((merged,)).float()

    def loss(
        self, feats: Tuple[Tensor], batch_data_samples: OptSampleList, train_cfg: ConfigType = {}
    ) -> Dict[str, Tensor]:
        """Losses of a mini-batch, as ``HeatmapHead`` names them.

        Args:
            feats (Tuple[Tensor]): See :meth:`forward`.
            batch_data_samples (List[PoseDataSample]): With the codec's
                targets.
            train_cfg (dict): ``compute_acc=False`` leaves ``acc_pose`` out.
        """
        merged = self.merge(feats)
        return self.losses_of_maps(self.heatmaps(merged), merged, batch_data_samples, train_cfg)

    def losses_of_maps(
        self,
        heatmaps: Tensor,
        merged: Tensor,
        batch_data_samples: OptSampleList,
        train_cfg: ConfigType,
    ) -> Dict[str, Tensor]:
        """What :meth:`loss` returns, of heat maps.

        Args:
            heatmaps (Tensor): ``[B, K, h, w]``.
            merged (Tensor): The features ``[B, C, h, w]`` that gave them, for
                subclasses.
            batch_data_samples (List[PoseDataSample]): See :meth:`loss`.
            train_cfg (dict): See :meth:`loss`.
        """
        target = torch.stack([d.gt_fields.heatmaps for d in batch_data_samples])
        weights = torch.cat([d.gt_instance_labels.keypoint_weights for d in batch_data_samples])
        losses = dict(loss_kpt=self.loss_module(heatmaps, target, weights))
        if train_cfg.get('compute_acc', True):
            _, accuracy, _ = pose_pck_accuracy(
                to_numpy(heatmaps), to_numpy(target), to_numpy(weights) > 0
            )
            losses['acc_pose'] = torch.tensor(accuracy, device=target.device)
        return losses

    def decode_tensors(
        self,
        feats: Tuple[Tensor],
        mirrored: Optional[Tuple[Tensor]] = None,
        flip_indices: Optional[Sequence[int]] = None,
        shift_heatmap: bool = False,
    ) -> Dict[str, Tensor]:
        """Joints of the crop, as tensors alone; can be exported.

        Args:
            feats (Tuple[Tensor]): Feature maps ``[B, C_i, H_i, W_i]``, finest
                first.
            mirrored (Tuple[Tensor], optional): Those of the mirrored crop,
                for the flip test. Defaults to None.
            flip_indices (Sequence[int], optional): Which joint each one
                becomes in the mirrored crop. Defaults to None: itself.
            shift_heatmap (bool): As in MMPose's flip test. Defaults to False.

        Returns:
            Dict[str, Tensor]: ``heatmaps`` ``[B, K, h, w]``, averaged in a
            flip test; ``keypoints`` ``[B, K, 2]``, pixels of the crop as the
            codec decodes them; ``scores`` ``[B, K]``.

        Raises:
            ValueError: If the codec is not a Gaussian ``UDPHeatmap``.
        """
        if self.tensor_decoder is None:
            raise ValueError(
                'joints are decoded as tensors for the codec UDPHeatmap (or '
                'DepthHeatmap) with heatmap_type "gaussian" alone; this head '
                f'has {type(self.decoder).__name__}'
            )
        merged = [self.merge(f) for f in (feats, mirrored) if f is not None]
        maps = [self.heatmaps(x) for x in merged]
        return self.decode_maps(maps, merged, flip_indices, shift_heatmap)

    def decode_maps(
        self,
        maps: List[Tensor],
        merged: List[Tensor],
        flip_indices: Optional[Sequence[int]],
        shift_heatmap: bool,
    ) -> Dict[str, Tensor]:
        """What :meth:`decode_tensors` returns, of heat maps.

        Args:
            maps (List[Tensor]): Heat maps ``[B, K, h, w]``; second ones are
                of the mirrored crop.
            merged (List[Tensor]): The features ``[B, C, h, w]`` that gave
                them, for subclasses.
            flip_indices (Sequence[int], optional): See
                :meth:`decode_tensors`.
            shift_heatmap (bool): See :meth:`decode_tensors`.
        """
        heatmaps = average_mirrored(maps, flip_indices, shift_heatmap)
        keypoints, scores = self.tensor_decoder(heatmaps)
        scores = self.calibration(scores)
        return dict(heatmaps=heatmaps, keypoints=keypoints, scores=scores)

    def predict(self, feats, batch_data_samples, test_cfg: dict = {}):
        """As ``HeatmapHead``, but the joints are decoded on the device.

        Codecs other than a Gaussian ``UDPHeatmap`` are decoded by MMPose.
        """
        if self.tensor_decoder is None:
            return super().predict(feats, batch_data_samples, test_cfg)
        feats, mirrored = feats if test_cfg.get('flip_test') else (feats, None)
        decoded = self.decode_tensors(
            feats,
            mirrored,
            batch_data_samples[0].metainfo.get('flip_indices'),
            test_cfg.get('shift_heatmap', False),
        )
        preds = to_instances(decoded, batch_data_samples, self.decoder)
        if test_cfg.get('output_heatmaps', False):
            return preds, [PixelData(heatmaps=maps) for maps in decoded['heatmaps'].detach()]
        return preds

    @property
    def default_init_cfg(self):
        """Kaiming for the convolutions, narrow for the heat maps."""
        return [
            dict(
                type='Kaiming',
                layer='Conv2d',
                override=dict(type='Normal', name='final_layer', std=0.001),
            ),
            dict(type='Constant', val=1, layer='_BatchNorm'),
        ]
