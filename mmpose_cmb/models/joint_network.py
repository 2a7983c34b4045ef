"""Backbone, head and decoding as one: crops to joints, tensors alone."""

from typing import List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

INPUT_NAME = 'input'
OUTPUT_NAMES = ('heatmaps', 'keypoints', 'scores')
SPACE_OUTPUT = 'keypoints_uvd'


def output_names(space: bool) -> List[str]:
    """Names of the outputs, in order.

    Args:
        space (bool): Whether the model gives joints in space.
    """
    return [*OUTPUT_NAMES, SPACE_OUTPUT] if space else list(OUTPUT_NAMES)


def gives_tensors(model: nn.Module) -> bool:
    """Whether an estimator's head decodes tensors, which can be exported."""
    return getattr(model.head, 'tensor_decoder', None) is not None


class JointNetwork(nn.Module):
    """Backbone, head and decoding of an estimator as one graph.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` with one of this
            package's heads, folded or not.
        flip_test (bool): Run the mirrored crop in the same batch, and
            average. Defaults to False.
        flip_indices (Sequence[int], optional): Which joint each one becomes
            in the mirrored crop; the data set's. Needed by ``flip_test``.

    Raises:
        ValueError: If the head cannot be exported, or the flip test lacks
            ``flip_indices``.

    Example::

        heatmaps, keypoints, scores = JointNetwork(model)(crops)
    """

    def __init__(
        self,
        model: nn.Module,
        flip_test: bool = False,
        flip_indices: Optional[Sequence[int]] = None,
    ) -> None:
        super().__init__()
        if not gives_tensors(model):
            raise ValueError(
                f'{type(model.head).__name__} with its codec cannot be '
                'exported: joints are decoded as tensors by '
                'HourglassHeatmapHead and its kin, of the codec UDPHeatmap '
                '(or DepthHeatmap) with heatmap_type "gaussian"'
            )
        if flip_test and flip_indices is None:
            raise ValueError(
                "flip_test needs flip_indices, the data set's pairs of left and right joints"
            )
        self.model = model
        # The exporter sets this module's mode and hands it back to all below.
        self.training = model.training
        self.flip_test = flip_test
        self.flip_indices = flip_indices
        test_cfg = getattr(model, 'test_cfg', None) or {}
        self.shift_heatmap = bool(test_cfg.get('shift_heatmap', False))

    def forward(self, input: Tensor) -> Tuple[Tensor, ...]:
        """Joints of normalised crops.

        Args:
            input (Tensor): ``[B, 1, H, W]``, as ``NormalizeDepth`` gives it.

        Returns:
            Tuple[Tensor, ...]: ``heatmaps`` ``[B, K, h, w]``, ``keypoints``
            ``[B, K, 2]``, ``scores`` ``[B, K]`` and, for joints in space,
            ``keypoints_uvd`` ``[B, K, 3]``: see
            ``HourglassHeatmapHead.decode_tensors``.
        """
        if self.flip_test:
            both = self._features(torch.cat([input, input.flip(-1)]))
            count = input.shape[0]
            decoded = self.model.head.decode_tensors(
                tuple(feature[:count] for feature in both),
                tuple(feature[count:] for feature in both),
                self.flip_indices,
                self.shift_heatmap,
            )
        else:
            decoded = self.model.head.decode_tensors(self._features(input))
        return tuple(decoded[name] for name in output_names(SPACE_OUTPUT in decoded))

    def _features(self, crops: Tensor) -> Tuple[Tensor, ...]:
        features = self.model.backbone(crops)
        neck = getattr(self.model, 'neck', None)
        return features if neck is None else neck(features)
