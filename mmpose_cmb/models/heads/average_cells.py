"""Averaging maps to a grid of cells, in a form that ONNX has."""

import torch
import torch.nn.functional as F
from torch import Tensor


def average_cells(maps: Tensor, size: int) -> Tensor:
    """``adaptive_avg_pool2d`` to ``size`` squared cells.

    PyTorch's exporter knows that only where the cells divide the map evenly
    (12 do not divide 32); there, it is two products with constant matrices.

    Args:
        maps (Tensor): ``[B, K, H, W]``.
        size (int): Cells along each side.

    Returns:
        Tensor: ``[B, K, size, size]``.
    """
    if not torch.onnx.is_in_onnx_export():
        return F.adaptive_avg_pool2d(maps, size)
    rows, columns = (averaging_matrix(int(length), size).to(maps) for length in maps.shape[-2:])
    return rows @ maps @ columns.T


def averaging_matrix(length: int, cells: int) -> Tensor:
    """``[cells, length]``; cell i covers i / cells to (i + 1) / cells of the
    length, and each pixel that it touches counts in full."""
    matrix = torch.zeros(cells, length)
    for i in range(cells):
        start, stop = i * length // cells, -(-(i + 1) * length // cells)
        matrix[i, start:stop] = 1 / (stop - start)
    return matrix
