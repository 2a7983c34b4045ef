"""A convolutional LSTM in a memory block's place."""

from typing import Tuple

import torch
from torch import Tensor, nn

from mmpose.registry import MODELS

from .recurrent_block import RecurrentBlock


@MODELS.register_module()
class ConvLSTMBlock(RecurrentBlock):
    r"""A long short-term memory with convolutions and peepholes.

    .. math::

        i_t &= \sigma(W_i * (x_t \oplus h_{t-1}) + p_i \circ c_{t-1} + b_i) \\
        f_t &= \sigma(W_f * (x_t \oplus h_{t-1}) + p_f \circ c_{t-1} + b_f) \\
        c_t &= f_t \circ c_{t-1}
               + i_t \circ \tanh(W_c * (x_t \oplus h_{t-1}) + b_c) \\
        o_t &= \sigma(W_o * (x_t \oplus h_{t-1}) + p_o \circ c_t + b_o) \\
        h_t &= o_t \circ \tanh(c_t) \\
        y_t &= x_t \oplus h_t

    with 3x3 kernels. The paper ("Ours w/ ConvLSTM", Table 6) does not say
    how h joins x; here it takes the place of a memory block's C_O.

    Args: See :class:`RecurrentBlock`.

    Attributes:
        peepholes (nn.Parameter): p_i, p_f, p_o: ``[3, C, H, W]``, 0 at the
            start.

    Source: Shi et al., "Convolutional LSTM Network: A Machine Learning
    Approach for Precipitation Nowcasting", NIPS 2015, equation 3.
    """

    STATE_MAPS = 2

    def __init__(self, channels: int, feature_size: Tuple[int, int]) -> None:
        super().__init__(channels, feature_size)
        self.gates = nn.Conv2d(2 * channels, 4 * channels, 3, padding=1)
        self.peepholes = nn.Parameter(torch.zeros(3, channels, *feature_size))

    def advance(self, x: Tensor, state: Tensor) -> Tensor:
        """``x`` [B, C, H, W], ``state`` [2, B, C, H, W]: h and c."""
        hidden, cell = state
        at_input, at_forget, at_output = self.peepholes
        inward, forget, fresh, outward = self.gates(torch.cat([x, hidden], dim=1)).chunk(4, dim=1)

        inward = (inward + at_input * cell).sigmoid()
        forget = (forget + at_forget * cell).sigmoid()
        cell = forget * cell + inward * fresh.tanh()
        outward = (outward + at_output * cell).sigmoid()
        return torch.stack([outward * cell.tanh(), cell])
