"""Decoding of heat maps as tensors: in batch, on the device, exportable.

The same numbers as MMPose's ``UDPHeatmap.decode`` (maximum, then the shift of
DARK in UDP's form), which takes one sample at a time as numpy arrays; but where a
map is flat around its maximum MMPose shifts the joint by any length, out of the
image, and here it stays within ``MOST_SHIFT``.

Sources: Zhang et al., "Distribution-Aware Coordinate Representation" (DARK),
CVPR 2020; Huang et al., "The Devil is in the Details" (UDP), CVPR 2020.
"""

from typing import Tuple

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from mmpose.codecs import UDPHeatmap

# MMPose's limits on the blurred heat map before the logarithm, and what it
# adds to the Hessian's diagonal.
LOG_RANGE = (1e-3, 50.0)
HESSIAN_EPSILON = float(np.finfo(np.float32).eps)
# Cells, in x and in y. The top of a peak lies within one of its highest cell, and
# the blur may make its neighbour the highest.
MOST_SHIFT = 2.0

# The maximum and the neighbours that gradient and Hessian are made of: right,
# left, below, above, below right, above left.
STENCIL_X = (0, 1, -1, 0, 0, 1, -1)
STENCIL_Y = (0, 0, 0, 1, -1, 1, -1)


def is_gaussian_udp(codec) -> bool:
    """Whether :class:`UDPDecoder` decodes as a codec does."""
    return isinstance(codec, UDPHeatmap) and codec.heatmap_type == 'gaussian'


class UDPDecoder(nn.Module):
    """Sub-pixel joints of Gaussian heat maps.

    A map without a positive value has no joint: its maximum is put at (-1,
    -1) as in MMPose, and there it stays. (MMPose goes on to shift it by what
    lies in another joint's map, or by NaN.)

    Only operations that ONNX, TorchScript and TensorRT know are used, in
    float32 whatever the model's precision. Nothing here is trained or stored
    in checkpoints.

    Args:
        input_size (Tuple[int, int]): Width and height of the crop, pixels.
        heatmap_size (Tuple[int, int]): Width and height of the maps, cells.
        blur_kernel_size (int): Of the Gaussian blur before the shift, cells,
            odd.

    Raises:
        ValueError: If ``blur_kernel_size`` is not odd.

    Example:
        >>> import torch
        >>> from mmpose_cmb.codecs.decode_tensors import UDPDecoder
        >>> maps = torch.zeros(1, 1, 32, 32)
        >>> maps[0, 0, 20, 10] = 1.
        >>> keypoints, scores = UDPDecoder((64, 64), (32, 32), 5)(maps)
        >>> [[round(v, 3) for v in xy] for xy in keypoints[0].tolist()]
        [[20.645, 41.29]]
    """

    def __init__(
        self, input_size: Tuple[int, int], heatmap_size: Tuple[int, int], blur_kernel_size: int
    ) -> None:
        super().__init__()
        if blur_kernel_size % 2 != 1:
            raise ValueError(f"the blur's kernel must be odd, got {blur_kernel_size} cells")
        self.heatmap_size = width, height = tuple(heatmap_size)
        constants = dict(
            blur_x=blur_matrix(width, blur_kernel_size).T,
            blur_y=blur_matrix(height, blur_kernel_size),
            stencil_x=np.array(STENCIL_X),
            stencil_y=np.array(STENCIL_Y),
            pixels_per_cell=np.float32(input_size) / np.float32([width - 1, height - 1]),
        )
        # Buffers, so that they follow the module, traced or not, to its
        # device and no call copies them.
        for name, values in constants.items():
            self.register_buffer(name, torch.from_numpy(values.copy()), persistent=False)

    def forward(self, heatmaps: Tensor) -> Tuple[Tensor, Tensor]:
        """Decode ``[B, K, h, w]``.

        Returns:
            tuple: Joints ``[B, K, 2]``, pixels of the crop as MMPose's codecs
            count them (0 to ``input_size``), and the maxima ``[B, K]``.

        Raises:
            ValueError: If the maps are not of ``heatmap_size``.
        """
        if heatmaps.shape[-2:] != self.heatmap_size[::-1]:
            raise ValueError(
                f"the codec's heatmap_size is {self.heatmap_size}, the heat "
                f'maps are {(heatmaps.shape[-1], heatmaps.shape[-2])} (width, '
                'height)'
            )
        # Half precision would not do for the second derivatives.
        with torch.autocast(heatmaps.device.type, enabled=False):
            return self._decode(heatmaps.float())

    def _decode(self, heatmaps: Tensor) -> Tuple[Tensor, Tensor]:
        width, height = self.heatmap_size
        flat = heatmaps.flatten(2)
        scores, best = flat.amax(dim=2), flat.argmax(dim=2)
        row = torch.div(best, width, rounding_mode='trunc')
        column = best - row * width

        # Beyond the edge the edge goes on.
        x = (column.unsqueeze(2) + self.stencil_x).clamp(0, width - 1)
        y = (row.unsqueeze(2) + self.stencil_y).clamp(0, height - 1)
        blurred = self.blur(heatmaps).flatten(2)
        # As high as before the blur, so that the limits mean the same.
        gain = scores / blurred.amax(dim=2)
        stencil = blurred.gather(2, y * width + x) * gain.unsqueeze(2)
        shift = newton_step(stencil.clamp(*LOG_RANGE)).clamp(-MOST_SHIFT, MOST_SHIFT)

        cells = torch.stack([column, row], dim=2).to(scores.dtype) - shift
        found = (scores > 0).unsqueeze(2)
        cells = torch.where(found, cells, torch.full_like(cells, -1))
        return cells * self.pixels_per_cell, scores

    def blur(self, heatmaps: Tensor) -> Tensor:
        """Gaussian blur with zeros around the maps.

        As two products with banded matrices: in ONNX Runtime on a CPU they
        take less time than convolutions, and on NVIDIA cards convolutions
        are rounded to TF32 by default, products are not.
        """
        return self.blur_y @ (heatmaps @ self.blur_x)

    def _apply(self, *args, **kwargs):
        # ``model.half()`` would round them: only the device is taken.
        exact = dict(self.named_buffers())
        super()._apply(*args, **kwargs)
        for name, buffer in exact.items():
            setattr(self, name, buffer.to(getattr(self, name).device))
        return self


def blur_matrix(side: int, kernel_size: int) -> np.ndarray:
    """What blurs a column of cells as OpenCV does, zeros around it.

    Args:
        side (int): Number of cells.
        kernel_size (int): Cells, odd; OpenCV's sigma for it.

    Returns:
        np.ndarray: float32 ``[side, side]``.
    """
    kernel = cv2.getGaussianKernel(kernel_size, 0, cv2.CV_32F)[:, 0]
    matrix = np.zeros((side, side + kernel_size - 1), np.float32)
    for i in range(side):
        matrix[i, i : i + kernel_size] = kernel
    reach = kernel_size // 2
    return matrix[:, reach : reach + side]


def newton_step(stencil: Tensor) -> Tensor:
    """From the maximum of a Gaussian back to its cell's centre, in cells.

    Inverse Hessian of the logarithm times its gradient. The logarithms are of
    values relative to the centre's, whose own is then 0: they are small and
    keep their digits.

    Args:
        stencil (Tensor): ``[B, K, 7]``, positive; see ``STENCIL_X``.

    Returns:
        Tensor: ``[B, K, 2]``, to be subtracted.
    """
    log = torch.log(stencil[..., 1:] / stencil[..., :1])
    right, left, below, above, below_right, above_left = log.unbind(dim=2)
    dx, dy = (right - left) / 2, (below - above) / 2
    dxx = right + left + HESSIAN_EPSILON
    dyy = below + above + HESSIAN_EPSILON
    dxy = (below_right + above_left - right - left - below - above) / 2
    determinant = dxx * dyy - dxy * dxy
    return torch.stack([dyy * dx - dxy * dy, dxx * dy - dxy * dx], dim=2) / determinant.unsqueeze(
        2
    )
