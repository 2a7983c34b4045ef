r"""3x3 convolutions that compute two rows at once from four products.

Winograd's minimal filtering F(2, 3) along the rows: with
:math:`d = x[2m - 1 .. 2m + 2]` and the kernel's rows :math:`w_0, w_1, w_2`,

.. math::

    p_0 &= w_0 (d_0 - d_2), & p_1 &= (w_0 + w_1 + w_2)/2 \; (d_1 + d_2), \\
    p_3 &= -w_2 (d_1 - d_3), & p_2 &= (w_0 - w_1 + w_2)/2 \; (d_2 - d_1), \\
    y[2m] &= p_0 + (p_1 + p_2), & y[2m + 1] &= p_3 + (p_1 - p_2),

each product a convolution along the columns: 4 of them where the plain
convolution has 6. Differences and sums are depthwise convolutions and
additions, which ONNX Runtime's CPU provider keeps in its blocked layout.

Source: S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin and
S. Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016.
"""

from typing import List, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .fold_norm import make_conv

Pair = Tuple[Tensor, Tensor]  # even rows, odd rows: [B, C, H / 2, W] each
# What the four products are taken of, or their kernels; None is all zeros.
Quad = List[Optional[Tensor]]


def kernel_quad(weight: Tensor) -> Quad:
    """The kernels of the four products.

    Args:
        weight (Tensor): ``[C_out, C_in, 3, k]``.

    Returns:
        Quad: Four of ``[C_out, C_in, 1, k]``.
    """
    w0, w1, w2 = weight.split(1, dim=2)
    return [w0, (w0 + w1 + w2) / 2, (w0 - w1 + w2) / 2, -w2]


def pad(x: Tensor, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0) -> Tensor:
    """Zeros around ``[B, C, H, W]``.

    With its value said, ONNX Runtime moves a padding into the convolution
    that follows.
    """
    return F.pad(x, (left, right, top, bottom), 'constant', 0.0)


class RowQuads(nn.Module):
    """The differences and sums of rows that the products are taken of.

    Args:
        channels (int): Channels of the map.
        like (Tensor): Gives the data type and device.
    """

    def __init__(self, channels: int, like: Tensor) -> None:
        super().__init__()

        # Of a whole map, two rows further each time ...
        self.skip_one = _depthwise(channels, like, 1, -1, stride=(2, 1), dilation=(2, 1))
        self.add = _depthwise(channels, like, 1, 1, stride=(2, 1))
        self.subtract = _depthwise(channels, like, -1, 1, stride=(2, 1))
        # ... and of one whose even and odd rows are apart.
        self.next = _depthwise(channels, like, 1, -1)
        self.minus = _depthwise(channels, like, -1)

    def of_map(self, x: Tensor) -> Quad:
        """Of ``[B, C, H, W]``, four of ``[B, C, H / 2, W]``."""
        return [
            self.skip_one(pad(x, top=1)),
            self.add(x),
            self.subtract(x),
            self.skip_one(pad(x, bottom=1)),
        ]

    def of_pair(self, pair: Pair) -> Quad:
        """Of even and odd rows, four of the same shape."""
        even, odd = pair
        return [
            self.next(pad(odd, top=1)),
            even + odd,
            self.minus(even) + odd,
            self.next(pad(even, bottom=1)),
        ]


class DoubledRowQuads(nn.Module):
    """The same of a map whose every row is taken twice.

    One difference is 0, and one sum twice the map, which is left to the
    kernel (:func:`doubled_kernel_quad`).

    Args:
        channels (int): Channels of the map.
        like (Tensor): Gives the data type and device.
    """

    def __init__(self, channels: int, like: Tensor) -> None:
        super().__init__()
        self.next = _depthwise(channels, like, 1, -1)

    def forward(self, x: Tensor) -> Quad:
        """Of ``[B, C, H / 2, W]``, four of the same shape."""
        return [self.next(pad(x, top=1)), x, None, self.next(pad(x, bottom=1))]


def doubled_kernel_quad(weight: Tensor) -> Quad:
    """The kernels for :class:`DoubledRowQuads`."""
    first, half_sum, _, last = kernel_quad(weight)
    return [first, 2 * half_sum, None, last]


class Products(nn.Module):
    """Convolutions of one part of the input, for the four products.

    Args:
        kernels (Quad): Four of ``[C_out, C_in, 1, k]``.
        bias (Tensor, optional): ``[C_out]``.
        like (Tensor): Gives the data type and device.
        column (int, optional): 0 or 1 for the even or odd columns of a map
            alone; None for all, with a kernel of 3. Defaults to None.
        stride (int): Along the columns. Defaults to 1.
    """

    def __init__(
        self,
        kernels: Quad,
        bias: Optional[Tensor],
        like: Tensor,
        column: Optional[int] = None,
        stride: int = 1,
    ) -> None:
        super().__init__()
        self.column = column
        # A bias to both rows: in the product that is added to both.
        self.convs = nn.ModuleList(
            nn.Identity()
            if kernel is None
            else make_conv(
                kernel,
                bias if place == 1 else None,
                like,
                stride=(1, stride),
                padding=(0, 1 if column is None else 0),
            )
            for place, kernel in enumerate(kernels)
        )

    def forward(self, place: int, quad: Quad) -> Tensor:
        """The convolution of one product.

        Args:
            place (int): 0 to 3.
            quad (Quad): What the products are taken of.
        """
        x = quad[place]
        if self.column is not None:
            x = pad(x, left=1 - self.column, right=self.column)
        return self.convs[place](x)


class RowPairConv(nn.Module):
    """A sum of convolutions, one of each part of the input, in row pairs.

    Args:
        channels (int): Channels of the result.
        parts (Products): One for each part.
        like (Tensor): Gives the data type and device.
    """

    def __init__(self, channels: int, like: Tensor, *parts: Products) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.minus = _depthwise(channels, like, -1)

    def forward(self, *quads: Quad) -> Pair:
        """Even and odd rows of the result, from the parts' quads."""
        both, differing = self._product(1, quads), self._product(2, quads)
        even = self._product(0, quads, both + differing)
        odd = self._product(3, quads, self.minus(differing) + both)
        return even, odd

    def _product(
        self, place: int, quads: Sequence[Quad], total: Optional[Tensor] = None
    ) -> Tensor:
        """The sum of one product over all parts, added to a total."""
        for part, quad in zip(self.parts, quads):
            if quad[place] is not None:
                product = part(place, quad)
                # The order in which ONNX Runtime takes the sum in.
                total = product if total is None else product + total
        return total


def join_rows(pair: Pair) -> Tensor:
    """Even and odd rows, ``[B, C, H / 2, W]`` each, as ``[B, C, H, W]``."""
    batch, channels, height, width = pair[0].shape
    # Next to each other along the columns they lie in order.
    joined = torch.cat(pair, dim=3)
    return joined.reshape(batch, channels, 2 * height, width)


def _depthwise(channels: int, like: Tensor, *taps: float, **kwargs) -> nn.Conv2d:
    """The same taps along the rows for each channel."""
    kernel = torch.tensor(taps, dtype=torch.float64).view(1, 1, -1, 1)
    kernel = kernel.expand(channels, -1, -1, -1)
    return make_conv(kernel, None, like, groups=channels, **kwargs)
