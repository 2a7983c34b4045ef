"""What the heads for joints in space share."""
from typing import List, Sequence, Tuple

import numpy as np
from torch import Tensor

from .camera_space import add_camera_space
from .hourglass_heatmap_head import HourglassHeatmapHead


class HourglassSpatialHead(HourglassHeatmapHead):
    """Heat maps for joints in the image, and ``keypoints_cam`` beside them.

    Subclasses say where joints are in the crop and how deep
    (:meth:`predict_space`); this class merges the features once, decodes the
    heat maps as MMPose does, and lifts with the camera's intrinsics.
    ``decoder`` must be a ``DepthHeatmap``.
    """

    def predict_space(self, merged: List[Tensor], keypoints_px: np.ndarray,
                      flip_indices: Sequence[int],
                      shift_heatmap: bool) -> Tuple[np.ndarray, np.ndarray]:
        """Joints in the crop with their depth relative to the person.

        Args:
            merged (List[Tensor]): Merged feature maps ``[B, C, H, W]``; a
                second one is of the mirrored image.
            keypoints_px (np.ndarray): ``[B, K, 2]``, decoded from the heat
                maps, pixels of the crop.
            flip_indices (Sequence[int]): Which joint each one becomes.
            shift_heatmap (bool): As in MMPose's flip test.

        Returns:
            tuple: ``[B, K, 2]`` pixels of the crop, ``[B, K]`` depths.
        """
        raise NotImplementedError

    def predict(self, feats, batch_data_samples, test_cfg: dict = {}):
        """Joints in the image as ``HeatmapHead``, and ``keypoints_cam``.

        Adds ``keypoints_cam`` (np.ndarray): ``[1, K, 3]``, camera frame,
        metres.
        """
        flip = test_cfg.get('flip_test', False)
        merged = [self.merge(f) for f in (feats if flip else [feats])]
        result = super().predict([(x, ) for x in merged] if flip else
                                 (merged[0], ), batch_data_samples, test_cfg)
        preds = result[0] if isinstance(result, tuple) else result

        uv_px, depths = self.predict_space(
            merged, np.concatenate([pred.keypoints for pred in preds]),
            batch_data_samples[0].metainfo.get('flip_indices'),
            test_cfg.get('shift_heatmap', False))
        for i, (pred, sample) in enumerate(zip(preds, batch_data_samples)):
            add_camera_space(pred, uv_px[i:i + 1], depths[i:i + 1], sample,
                             self.decoder)
        return result
