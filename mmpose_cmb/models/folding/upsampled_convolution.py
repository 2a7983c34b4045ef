r"""Kernels of a 3x3 convolution on a map upsampled two times.

On a map :math:`u` upsampled by nearest neighbour, :math:`u[2m] = u[2m + 1] =
x[m]`, a kernel of three taps sees two different values along each axis:

.. math::

    y[2m]     &= w_0 x[m - 1] + (w_1 + w_2) x[m] \\
    y[2m + 1] &= (w_0 + w_1) x[m] + w_2 x[m + 1]

The zero padding agrees on both sides: :math:`u[-1] = x[-1] = 0`. Along both
axes these are 16 products for 4 results, where the 3x3 kernel has 36.
"""

import torch
from torch import Tensor


def transposed_kernel(weight: Tensor) -> Tensor:
    """The 4x4 kernel of the transposed convolution that does the same.

    Args:
        weight (Tensor): ``[C_out, C_in, 3, 3]``.

    Returns:
        Tensor: ``[C_in, C_out, 4, 4]`` for ``conv_transpose2d`` with stride
        2 and padding 1.
    """
    # Row t of a transposed kernel takes x[m] to y[2 m + t - 1].
    rows = weight.new_tensor([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]])
    return torch.einsum('th,oihw,sw->iots', rows, weight, rows)


def phase_taps(weight: Tensor, phase: int, dim: int) -> Tensor:
    """The two taps along one axis for the even (0) or odd (1) results.

    Args:
        weight (Tensor): Three taps along ``dim``.
        phase (int): 0: taps at m - 1 and m; 1: at m and m + 1.
        dim (int): The axis.
    """
    w0, w1, w2 = weight.unbind(dim)
    taps = (w0 + w1, w2) if phase else (w0, w1 + w2)
    return torch.stack(taps, dim)
