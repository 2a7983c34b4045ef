"""Depth that was resized across its holes, as images are: told and taken out."""

import cv2
import numpy as np

_TOUCHING = np.ones((3, 3), np.uint8)
_AROUND = np.ones((5, 5), np.uint8)
# Nearer than everything around by more than surfaces are.
_NEARER = 0.85
# Of the pixels beside holes. Frames as sensors give them have at most 6 %
# (fingers, hair, noise), frames that were resized mostly 20 to 70 %.
LEAST_SHARE = 0.1


def blended_with_holes(depth_m: np.ndarray) -> np.ndarray:
    """Pixels that are part surface and part hole, bool [H, W].

    Whoever resizes a depth image as if it were a picture mixes a hole (0) with
    the surface beside it: a rim of depths between the camera and the surface
    stands before everything. A pixel counts when it touches a hole and is much
    nearer than all that is around it and touches none; none counts where few
    of the pixels beside holes are so, since then the frame was not resized.

    Args:
        depth_m (np.ndarray): Metres, float32 [H, W], 0 = invalid.
    """
    hole = depth_m == 0
    beside = cv2.dilate(hole.astype(np.uint8), _TOUCHING).astype(bool) & ~hole
    if not beside.any():
        return beside
    clean_m = np.where(hole | beside, np.float32(np.inf), depth_m)
    nearest_m = cv2.erode(clean_m, _AROUND)
    blended = beside & (depth_m < _NEARER * nearest_m) & (nearest_m < np.inf)
    return blended & (blended.sum() > LEAST_SHARE * beside.sum())
