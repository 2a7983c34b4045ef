"""A person's crop of a frame: where it lies, and the way back.

The geometry of MMPose's ``GetBBoxCenterScale`` and ``TopdownAffine`` with
``use_udp=True``, so that a network's crop is the same without MMPose. UDP:
Huang et al., "The Devil is in the Details", CVPR 2020.
"""

from typing import NamedTuple, Sequence, Tuple, Union

import numpy as np

from ..camera import Camera, unproject
from .depth_warp import warp_depth


class CropRegion(NamedTuple):
    """The region of the frame that a crop shows, pixels of the full frame.

    Attributes:
        center (np.ndarray): x, y, float32.
        scale (np.ndarray): Width and height, float32.
    """

    center: np.ndarray
    scale: np.ndarray


def box_to_region(
    bbox: Sequence[float], crop_size: Tuple[int, int], padding: float = 1.0
) -> CropRegion:
    """Widen a box to the crop's shape.

    Args:
        bbox (Sequence[float]): x1, y1, x2, y2, pixels.
        crop_size (Tuple[int, int]): Width and height of the crop, pixels.
        padding (float): Factor on the box's sides. Defaults to 1.0.
    """
    low, high = np.asarray(bbox, np.float32).reshape(2, 2)
    center = (high + low) * np.float32(0.5)
    width, height = (high - low) * np.float32(padding)
    ratio = crop_size[0] / crop_size[1]
    scale = (width, width / ratio) if width > height * ratio else (height * ratio, height)
    return CropRegion(center, np.array(scale, np.float32))


def crop_matrix(region: CropRegion, crop_size: Tuple[int, int]) -> np.ndarray:
    """The [2, 3] matrix from pixels of the frame to those of the crop."""
    factor = (np.array(crop_size) - 1) / region.scale
    offset = factor * (0.5 * region.scale - region.center)
    return np.column_stack([np.diag(factor), offset]).astype(np.float32)


def crop_depth(depth_m: np.ndarray, region: CropRegion, crop_size: Tuple[int, int]) -> np.ndarray:
    """Crop a depth image, [H, W] metres; outside the image it is 0."""
    return warp_depth(depth_m, crop_matrix(region, crop_size), crop_size)


def crop_to_frame(
    keypoints_px: np.ndarray, region: CropRegion, crop_size: Tuple[int, int]
) -> np.ndarray:
    """Pixels of the full frame of pixels of the crop.

    Args:
        keypoints_px (np.ndarray): ``[..., 2]``, (x, y) as MMPose's codecs
            decode them, 0 to the crop's size.
        region (CropRegion): Of the crop.
        crop_size (Tuple[int, int]): Width and height of the crop, pixels.
    """
    return keypoints_px / np.asarray(crop_size) * region.scale + region.center - 0.5 * region.scale


def lift(
    keypoints_px: np.ndarray, depth_m: np.ndarray, intrinsics: Union[Camera, Sequence[float]]
) -> np.ndarray:
    """Points in the camera frame of pixels with known z.

    Args:
        keypoints_px (np.ndarray): ``[..., 2]``, pixels of the full frame.
        depth_m (np.ndarray): ``[...]``, z in metres.
        intrinsics (Camera | Sequence[float]): fx, fy, cx, cy in pixels.

    Returns:
        np.ndarray: ``[..., 3]``: x right, y down, z forward, metres.
    """
    fx, fy, cx, cy = intrinsics[:4]
    return unproject(keypoints_px, depth_m, Camera(fx, fy, cx, cy))
