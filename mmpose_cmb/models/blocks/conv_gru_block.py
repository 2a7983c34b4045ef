"""A convolutional GRU in a memory block's place."""

from typing import Tuple

import torch
from torch import Tensor, nn

from mmpose.registry import MODELS

from .recurrent_block import RecurrentBlock


@MODELS.register_module()
class ConvGRUBlock(RecurrentBlock):
    r"""A gated recurrent unit whose products are convolutions.

    .. math::

        z_t &= \sigma(W_z * (x_t \oplus h_{t-1}) + b_z) \\
        r_t &= \sigma(W_r * (x_t \oplus h_{t-1}) + b_r) \\
        \tilde{h}_t &= \tanh(W * (x_t \oplus (r_t \circ h_{t-1})) + b) \\
        h_t &= (1 - z_t) \circ h_{t-1} + z_t \circ \tilde{h}_t \\
        y_t &= x_t \oplus h_t

    with 3x3 kernels; a convolution of a concatenation is the sum of the
    source's two convolutions. The paper ("Ours w/ ConvGRU", Table 6) does
    not say how h joins x; here it takes the place of a memory block's C_O.

    Args: See :class:`RecurrentBlock`.

    Source: Ballas et al., "Delving Deeper into Convolutional Networks for
    Learning Video Representations", ICLR 2016, equations 4-7 (without
    biases there).
    """

    STATE_MAPS = 1

    def __init__(self, channels: int, feature_size: Tuple[int, int]) -> None:
        super().__init__(channels, feature_size)
        self.gates = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.candidate = nn.Conv2d(2 * channels, channels, 3, padding=1)

    def advance(self, x: Tensor, state: Tensor) -> Tensor:
        """``x`` [B, C, H, W], ``state`` [1, B, C, H, W]."""
        hidden = state[0]
        gates = self.gates(torch.cat([x, hidden], dim=1)).sigmoid()
        update, reset = gates.chunk(2, dim=1)
        candidate = self.candidate(torch.cat([x, reset * hidden], dim=1)).tanh()
        return ((1 - update) * hidden + update * candidate)[None]
