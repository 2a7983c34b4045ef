"""What the heads for joints in space share."""

from typing import Dict, List, Optional, Sequence

from torch import Tensor

from .hourglass_heatmap_head import HourglassHeatmapHead


class HourglassSpatialHead(HourglassHeatmapHead):
    """Heat maps for joints in the image, and ``keypoints_cam`` beside them.

    Subclasses say where joints are in the crop and how deep
    (:meth:`locate`); predictions are lifted with the camera's intrinsics.
    ``decoder`` must be a ``DepthHeatmap``.
    """

    def locate(
        self,
        decoded: Dict[str, Tensor],
        maps: List[Tensor],
        merged: List[Tensor],
        flip_indices: Optional[Sequence[int]],
        shift_heatmap: bool,
    ) -> Tensor:
        """Joints in the crop with their depth relative to the person.

        Args:
            decoded (Dict[str, Tensor]): What the heat maps' head gives.
            Other args: See ``HourglassHeatmapHead.decode_maps``.

        Returns:
            Tensor: ``[B, K, 3]``: u, v in pixels of the crop, and the depth
            in the unit of ``NormalizeDepth``.
        """
        raise NotImplementedError

    def decode_maps(
        self,
        maps: List[Tensor],
        merged: List[Tensor],
        flip_indices: Optional[Sequence[int]],
        shift_heatmap: bool,
    ) -> Dict[str, Tensor]:
        """Adds ``keypoints_uvd``, ``[B, K, 3]``: see :meth:`locate`."""
        decoded = super().decode_maps(maps, merged, flip_indices, shift_heatmap)
        decoded['keypoints_uvd'] = self.locate(decoded, maps, merged, flip_indices, shift_heatmap)
        return decoded
