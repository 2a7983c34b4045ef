"""Decoding of heat maps as tensors: in batch, on the device, exportable.

The same numbers as MMPose's ``UDPHeatmap.decode`` (maximum, then the shift of
DARK in UDP's form), which takes one sample at a time as numpy arrays. Only
operations that ONNX, TorchScript and TensorRT know are used, and float32.

Sources: Zhang et al., "Distribution-Aware Coordinate Representation" (DARK),
CVPR 2020; Huang et al., "The Devil is in the Details" (UDP), CVPR 2020.
"""
from functools import lru_cache
from typing import Tuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mmpose.codecs import UDPHeatmap

# MMPose's limits on the blurred heat map before the logarithm, and what it
# adds to the Hessian's diagonal.
LOG_RANGE = (1e-3, 50.)
HESSIAN_EPSILON = float(np.finfo(np.float32).eps)

# The maximum and the neighbours that gradient and Hessian are made of: right,
# left, below, above, below right, above left.
STENCIL_X = (0, 1, -1, 0, 0, 1, -1)
STENCIL_Y = (0, 0, 0, 1, -1, 1, -1)


def is_gaussian_udp(codec) -> bool:
    """Whether :func:`decode_udp_heatmaps` decodes as a codec does."""
    return isinstance(codec, UDPHeatmap) and codec.heatmap_type == 'gaussian'


def decode_udp_heatmaps(heatmaps: Tensor, input_size: Tuple[int, int],
                        blur_kernel_size: int) -> Tuple[Tensor, Tensor]:
    """Sub-pixel joints of Gaussian heat maps.

    A map without a positive value has no joint: its maximum is put at (-1,
    -1) as in MMPose, and there it stays. (MMPose goes on to shift it by what
    lies in another joint's map, or by NaN.)

    Args:
        heatmaps (Tensor): ``[B, K, h, w]``, float.
        input_size (Tuple[int, int]): Width and height of the crop, pixels.
        blur_kernel_size (int): Of the Gaussian blur before the shift, cells,
            odd.

    Returns:
        tuple: Joints ``[B, K, 2]``, pixels of the crop as MMPose's codecs
        count them (0 to ``input_size``), and the maxima ``[B, K]``.

    Raises:
        ValueError: If ``blur_kernel_size`` is not odd.
    """
    heatmaps = heatmaps.float()
    height, width = heatmaps.shape[-2:]
    flat = heatmaps.flatten(2)
    scores, best = flat.amax(dim=2), flat.argmax(dim=2)
    row = torch.div(best, width, rounding_mode='trunc')
    column = best - row * width

    # Beyond the edge the edge goes on.
    x = (column.unsqueeze(2) + column.new_tensor(STENCIL_X)).clamp(
        0, width - 1)
    y = (row.unsqueeze(2) + row.new_tensor(STENCIL_Y)).clamp(0, height - 1)
    blurred = gaussian_blur(heatmaps, blur_kernel_size).flatten(2)
    # As high as before the blur, so that the limits mean the same.
    gain = scores / blurred.amax(dim=2)
    stencil = blurred.gather(2, y * width + x) * gain.unsqueeze(2)
    shift = _newton_step(stencil.clamp(*LOG_RANGE))

    cells = torch.stack([column, row], dim=2).to(scores.dtype) - shift
    found = (scores > 0).unsqueeze(2)
    cells = torch.where(found, cells, torch.full_like(cells, -1))
    pixels_per_cell = cells.new_tensor(
        [input_size[0] / (width - 1), input_size[1] / (height - 1)])
    return cells * pixels_per_cell, scores


def gaussian_blur(maps: Tensor, kernel_size: int) -> Tensor:
    """Blur with zeros around the map, rows first, then columns.

    Args:
        maps (Tensor): ``[B, K, h, w]``.
        kernel_size (int): Cells, odd; OpenCV's sigma for it.

    Raises:
        ValueError: If ``kernel_size`` is not odd.
    """
    if kernel_size % 2 != 1:
        raise ValueError(
            f'the blur\'s kernel must be odd, got {kernel_size} cells')
    kernel = maps.new_tensor(_gaussian_kernel(kernel_size))
    # As single-channel images: the batch holds the joints.
    planes = maps.flatten(0, 1).unsqueeze(1)
    planes = F.conv2d(
        planes, kernel.view(1, 1, 1, -1), padding=(0, kernel_size // 2))
    planes = F.conv2d(
        planes, kernel.view(1, 1, -1, 1), padding=(kernel_size // 2, 0))
    return planes.reshape(maps.shape)


@lru_cache(maxsize=None)
def _gaussian_kernel(size: int) -> Tuple[float, ...]:
    return tuple(cv2.getGaussianKernel(size, 0, cv2.CV_32F)[:, 0].tolist())


def _newton_step(stencil: Tensor) -> Tensor:
    """From the maximum of a log-Gaussian to the cell's centre, ``[B, K, 2]``.

    Inverse Hessian times gradient. The logarithms are of values relative to
    the centre's, whose own is then 0: they are small and keep their digits.

    Args:
        stencil (Tensor): ``[B, K, 7]``, positive.
    """
    log = torch.log(stencil[..., 1:] / stencil[..., :1])
    right, left, below, above, below_right, above_left = log.unbind(dim=2)
    dx, dy = (right - left) / 2, (below - above) / 2
    dxx = right + left + HESSIAN_EPSILON
    dyy = below + above + HESSIAN_EPSILON
    dxy = (below_right + above_left - right - left - below - above) / 2
    determinant = dxx * dyy - dxy * dxy
    return torch.stack([dyy * dx - dxy * dy, dxx * dy - dxy * dx],
                       dim=2) / determinant.unsqueeze(2)
