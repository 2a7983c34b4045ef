"""A picture of what a pipeline makes of a sample."""

import numpy as np

from ..datasets.sample_trace import SampleTrace
from ..drawing import colorize_depth, contact_sheet, draw_skeleton

BOX_COLOR = (255, 255, 255)
CELL_PX = 256


def draw_sample(trace: SampleTrace, metainfo: dict) -> np.ndarray:
    """Draw the frame, the crop as the network gets it, and the heat maps.

    Args:
        trace (SampleTrace): The sample.
        metainfo (dict): The dataset's, for the skeleton and its colours.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB; frame, crop and, where there are
        any, heat maps side by side. Invalid pixels have a colour of their
        own.
    """
    # The colour map takes metres > 0; -1..1 becomes 1..3.
    shown = np.where(trace.holes, 0, trace.network_input + 2)
    crop = colorize_depth(shown, near_m=1.0, far_m=3.0)
    factor = max(1, CELL_PX // max(crop.shape))
    crop = _enlarge(crop, factor)
    panels = [
        _draw_box(
            _draw_joints(colorize_depth(trace.frame_m), trace.keypoints, metainfo), trace.bbox
        ),
        # Pixel x covers x * factor to x * factor + factor - 1.
        _draw_joints(crop, trace.crop_keypoints * factor + (factor - 1) / 2, metainfo),
    ]
    captions = ['frame, box, joints', 'network input, joints']
    if trace.heatmaps is not None:
        total = np.clip(trace.heatmaps.sum(axis=0), 0, 1)
        total = (total * 255).round().astype(np.uint8)
        panels.append(_enlarge(total, max(1, len(crop) // len(total))))
        captions.append('heat maps, summed')
    return contact_sheet(panels, len(panels), captions)


def _enlarge(image: np.ndarray, factor: int) -> np.ndarray:
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def _draw_joints(image: np.ndarray, keypoints: np.ndarray, metainfo: dict) -> np.ndarray:
    return draw_skeleton(
        image,
        keypoints,
        metainfo['skeleton_links'],
        metainfo['skeleton_link_colors'],
        metainfo['keypoint_colors'],
        thickness=1,
        radius=2,
    )


def _draw_box(image: np.ndarray, bbox: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = bbox
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    sides = [(0, 1), (1, 2), (2, 3), (3, 0)]
    return draw_skeleton(image, corners, sides, [BOX_COLOR] * 4, thickness=1, outline=0)
