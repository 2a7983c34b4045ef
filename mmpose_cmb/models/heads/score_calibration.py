"""From the height of a heat map to the probability that its joint is right."""

import torch
from torch import Tensor, nn

KNOTS = 11


class ScoreCalibration(nn.Module):
    """A table for each joint, linear between knots at 0, 0.1 ... 1.

    The tables are fitted after the training
    (:func:`mmpose_cmb.evaluation.functional.fit_calibration`) and stored with
    the weights; until then they change nothing within [0, 1].

    Args:
        joints (int): K.
    """

    def __init__(self, joints: int) -> None:
        super().__init__()
        self.register_buffer('table', torch.linspace(0, 1, KNOTS).repeat(joints, 1))

    def forward(self, scores: Tensor) -> Tensor:
        """Probabilities ``[B, K]`` of scores ``[B, K]``."""
        at = scores.clamp(0, 1).unsqueeze(2) * (KNOTS - 1)
        knots = torch.arange(KNOTS, device=scores.device, dtype=scores.dtype)
        return ((1 - (at - knots).abs()).clamp(min=0) * self.table).sum(2)
