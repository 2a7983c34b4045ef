"""How far apart two skeletons are, in metres even where only pixels are known.

Legend: K joints.
"""

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


def joint_distances_m(a: PersonPose, b: PersonPose) -> np.ndarray:
    """Distance of each joint, ``[K]``, metres; NaN where it is not known.

    In space where any joint of both is known there, otherwise in the image,
    at the scale of the larger box.

    Args:
        a (PersonPose): One skeleton of K joints.
        b (PersonPose): The other, of the same joints.
    """
    if a.keypoints_cam is not None and b.keypoints_cam is not None:
        in_space = np.linalg.norm(a.keypoints_cam - b.keypoints_cam, axis=-1)
        if np.isfinite(in_space).any():
            return in_space
    in_pixels = np.linalg.norm(a.keypoints - b.keypoints, axis=-1)
    return in_pixels * min(metres_per_pixel(a.bbox), metres_per_pixel(b.bbox))


def pose_distance_m(a: PersonPose, b: PersonPose) -> float:
    """Distance of the middle (median) joint: see :func:`joint_distances_m`.

    The median cares little for a joint that is wrong.

    Args:
        a (PersonPose): One skeleton of K joints.
        b (PersonPose): The other, of the same joints.

    Returns:
        float: Metres; infinite where no joint is known of both.
    """
    distances_m = joint_distances_m(a, b)
    distances_m = distances_m[np.isfinite(distances_m)]
    return float(np.median(distances_m)) if len(distances_m) else np.inf
