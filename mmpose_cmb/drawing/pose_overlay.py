"""Skeletons over the colours of a depth image."""

from typing import Optional, Sequence, Tuple

import cv2
import numpy as np

from ..depth.frame import PersonPose
from .depth_colormap import colorize_depth
from .skeleton import draw_skeleton

# Of the depth's colours, so that the skeleton's stand out from them.
BRIGHTNESS = 0.55


def draw_poses(
    depth_m: np.ndarray,
    persons: Sequence[PersonPose],
    links: Sequence[Tuple[int, int]],
    link_colors: Sequence[Tuple[int, int, int]],
    keypoint_colors: Optional[Sequence[Tuple[int, int, int]]] = None,
    *,
    near_m: Optional[float] = None,
    far_m: Optional[float] = None,
    min_score: float = 0.3,
    min_side: int = 400,
) -> np.ndarray:
    """Draw persons and their boxes over a depth image.

    Args:
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
        persons (Sequence[PersonPose]): In pixels of ``depth_m``.
        links (Sequence[tuple]): Pairs of joint ids.
        link_colors (Sequence[tuple]): RGB of each link, 0..255.
        keypoint_colors (Sequence[tuple], optional): RGB of each joint.
            Defaults to None: no dots.
        near_m (float, optional): Depth of the warm end of the colours.
            Defaults to None: from the image.
        far_m (float, optional): Depth of the cold end. Defaults to None:
            from the image.
        min_score (float): Joints with a lower score are left out. Defaults
            to 0.3.
        min_side (int): The image is enlarged by a whole factor until its
            shorter side has at least this many pixels. Defaults to 400.

    Returns:
        np.ndarray: uint8 [H', W', 3], RGB.
    """
    image = colorize_depth(depth_m, near_m, far_m)
    scale = max(1, -(-min_side // min(image.shape[:2])))
    image = cv2.resize(
        (image * BRIGHTNESS).astype(np.uint8),
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_NEAREST,
    )
    for person in persons:
        # Integer = pixel centre, before and after.
        x1, y1, x2, y2 = (int(round((v + 0.5) * scale - 0.5)) for v in person.bbox)
        cv2.rectangle(image, (x1, y1), (x2, y2), (200, 200, 205), 1)
        image = draw_skeleton(
            image,
            (np.asarray(person.keypoints) + 0.5) * scale - 0.5,
            links,
            link_colors,
            keypoint_colors,
            visible=np.asarray(person.keypoint_scores) >= min_score,
            thickness=3,
            radius=4,
        )
    return image
