"""The box of what is left where the background has been cut off."""

from typing import Optional

import cv2
import numpy as np

# Of the box's longer side, on each side. Boxes in training are the joints'
# extent and 15 pixels; joints lie inside the hand.
PADDING_SHARE = 0.12


def find_foreground_box(depth_m: np.ndarray) -> Optional[np.ndarray]:
    """Box of the largest connected part of the valid pixels.

    Args:
        depth_m (np.ndarray): Metres, (H, W), 0 = invalid or cut off.

    Returns:
        np.ndarray, optional: x1, y1, x2, y2, pixels, float32 [4], with a
        margin, which may lie outside the image; ``None`` where no pixel is
        valid.
    """
    _, _, parts, _ = cv2.connectedComponentsWithStats((depth_m > 0).astype(np.uint8))
    # The first part is what is not valid.
    if len(parts) < 2:
        return None
    left, top, width, height, _ = max(parts[1:], key=lambda part: part[cv2.CC_STAT_AREA])
    pad = PADDING_SHARE * max(width, height)
    return np.array(
        [left - pad, top - pad, left + width - 1 + pad, top + height - 1 + pad], np.float32
    )
