"""Boxes of what is seen of people."""

import numpy as np
from mmcv.transforms import BaseTransform

from mmpose.registry import TRANSFORMS

PER_PERSON = ('bbox', 'bbox_score', 'keypoints', 'keypoints_visible', 'keypoints_seen',
              'keypoints_cam')  # yapf: disable


def boxes_of_joints(keypoints: np.ndarray, used: np.ndarray, margin: float) -> np.ndarray:
    """Extents of joints, with a margin.

    Args:
        keypoints (np.ndarray): [N, K, 2], pixels.
        used (np.ndarray): [N, K] bool; at least one of each person.
        margin (float): On each side, as a part of the longer side.

    Returns:
        np.ndarray: [N, 4] float32, x1, y1, x2, y2.
    """
    used = used[..., None]
    low = np.where(used, keypoints, np.inf).min(axis=1, initial=np.inf)
    high = np.where(used, keypoints, -np.inf).max(axis=1, initial=-np.inf)
    width = margin * (high - low).max(axis=1, initial=0, keepdims=True)
    return np.concatenate([low - width, high + width], axis=1).astype(np.float32)


@TRANSFORMS.register_module()
class BoxesOfJoints(BaseTransform):
    """Replace people's boxes by those of their joints that are seen.

    Somebody with fewer joints in the image than it takes becomes one who may
    be found or not.

    Required Keys:

        - img: for its size
        - keypoints: [N, K, 2], pixels of ``img``
        - keypoints_seen: [N, K]
        - unsure_bbox: [M, 4]

    Modified Keys:

        - bbox, unsure_bbox, and everything that has a row for each person

    Args:
        margin (float): On each side, as a part of the box's longer side.
            Defaults to 0.15.
        least_joints (int): Defaults to 5.
    """

    def __init__(self, margin: float = 0.15, least_joints: int = 5) -> None:
        super().__init__()
        if least_joints < 1:
            raise ValueError(f'least_joints: expected a number >= 1, got {least_joints}')
        self.margin = margin
        self.least_joints = least_joints

    def transform(self, results: dict) -> dict:
        """Make the boxes."""
        keypoints = results['keypoints']
        height, width = results['img'].shape
        inside = ((keypoints >= 0) & (keypoints <= (width - 1, height - 1))).all(axis=-1)
        used = inside & (results['keypoints_seen'] > 0)
        counts = used.sum(axis=1)
        unsure = (counts > 0) & (counts < self.least_joints)
        hardly = boxes_of_joints(keypoints[unsure], used[unsure], self.margin)
        results['unsure_bbox'] = np.concatenate([results['unsure_bbox'], hardly])
        kept = counts >= self.least_joints
        for key in PER_PERSON:
            if key in results:
                results[key] = results[key][kept]
        results['bbox'] = boxes_of_joints(keypoints[kept], used[kept], self.margin)
        return results

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(margin={self.margin}, least_joints={self.least_joints})'
