"""Boxes of an MMDetection detector, for depth frames."""

import sys
from importlib.util import find_spec
from typing import Optional, Sequence, Union

import numpy as np

from ..depth.frame import DepthFrame
from ..drawing.depth_colormap import depth_range
from ..pose.given_boxes import best_boxes


class PersonDetector:
    """Runs a detector of MMDetection on depth as an 8-bit picture.

    The picture has three equal channels: near is bright, holes are black.

    Args:
        model (str): Config or name of the detector.
        weights (str, optional): Its checkpoint.
        cat_ids (int or Sequence[int]): Classes that are kept. Defaults to 0,
            COCO's person.
        device (str, optional): Where it runs.

    Raises:
        RuntimeError: If MMDetection cannot run here.
    """

    def __init__(
        self,
        model: str,
        weights: Optional[str] = None,
        cat_ids: Union[int, Sequence[int]] = 0,
        device: Optional[str] = None,
    ) -> None:
        if not has_compiled_ops():
            raise RuntimeError(
                'detectors of MMDetection need the compiled ops of the full '
                'mmcv, and mmcv-lite is installed. Install mmcv (docs/'
                'install.md), or leave det_model out: give boxes, or let the '
                'person be found in the depth'
            )
        from mmdet.apis import DetInferencer

        self.cat_ids = list(np.atleast_1d(cat_ids))
        self._detector = DetInferencer(model, weights, device=device, show_progress=False)

    def __call__(self, frame: DepthFrame, bbox_thr: float, nms_thr: float) -> np.ndarray:
        """Persons of a frame, ``[N, 5]``: x1, y1, x2, y2, score."""
        result = self._detector(
            as_picture(frame.depth_m), return_datasamples=True, no_save_vis=True
        )['predictions'][0]
        found = result.pred_instances.cpu().numpy()
        boxes = np.column_stack([found.bboxes, found.scores])
        return best_boxes(boxes[np.isin(found.labels, self.cat_ids)], bbox_thr, nms_thr)


def as_picture(depth_m: np.ndarray) -> np.ndarray:
    """Depth [H, W] in metres as uint8 [H, W, 3]; near is bright, holes 0."""
    near_m, far_m = depth_range(depth_m)
    nearness = (far_m - depth_m) / max(far_m - near_m, 1e-6)
    grey = 1 + 254 * np.clip(nearness, 0, 1)
    return np.repeat(np.where(depth_m > 0, grey, 0).astype(np.uint8)[..., None], 3, axis=2)


def has_compiled_ops() -> bool:
    """Whether the full mmcv is installed, not mmcv-lite."""
    loaded = sys.modules.get('mmcv._ext')
    if loaded is not None:
        # The placeholder of compat.py has no loader.
        return loaded.__spec__.loader is not None
    return find_spec('mmcv._ext') is not None
