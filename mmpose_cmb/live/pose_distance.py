"""How far apart two skeletons are, in metres even where only pixels are known.

Legend: K joints.
"""

from typing import Optional

import numpy as np

from ..depth.frame import PersonPose

# Long side of a person's box: turns pixels into metres where nothing else
# does.
LONG_SIDE_M = 1.7


def metres_per_pixel(bbox: np.ndarray) -> float:
    """Scale at a person's distance, from the size of the person's box.

    Args:
        bbox (np.ndarray): x1, y1, x2, y2, pixels.
    """
    return LONG_SIDE_M / max(float(max(bbox[2:] - bbox[:2])), 1.0)


def pose_distance_m(a: PersonPose, b: PersonPose) -> float:
    """Distance of the middle (median) joint.

    In space where the joints of both are known there, otherwise in the image,
    at the scale of the larger box. The median cares little for a joint that
    is wrong.

    Args:
        a (PersonPose): One skeleton of K joints.
        b (PersonPose): The other, of the same joints.

    Returns:
        float: Metres; infinite where no joint is known of both.
    """
    if a.keypoints_cam is not None and b.keypoints_cam is not None:
        in_space = _median_distance(a.keypoints_cam, b.keypoints_cam)
        if in_space is not None:
            return in_space
    in_pixels = _median_distance(a.keypoints, b.keypoints)
    if in_pixels is None:
        return np.inf
    return in_pixels * min(metres_per_pixel(a.bbox), metres_per_pixel(b.bbox))


def _median_distance(a: np.ndarray, b: np.ndarray) -> Optional[float]:
    """Of the joints that are finite in both; None where there is none."""
    distance = np.linalg.norm(a - b, axis=-1)
    distance = distance[np.isfinite(distance)]
    return float(np.median(distance)) if len(distance) else None
