"""What is done to the memories of a trained network, to learn what they hold.

A change is told from another by its ``repr``: all its figures are fields.
"""
from typing import Callable, NamedTuple

import torch
from torch import Tensor, nn

from mmpose_cmb.models import ConvMemoryBlock


class Flatten(NamedTuple):
    """Keep a part of the layout: how a channel deviates from its mean."""
    kept: float

    def __call__(self, memory: Tensor) -> Tensor:
        """Change a memory ``[C, H, W]``."""
        mean = memory.mean((1, 2), keepdim=True)
        return mean + self.kept * (memory - mean)


class Fade(NamedTuple):
    """Multiply by a factor."""
    factor: float

    def __call__(self, memory: Tensor) -> Tensor:
        """Change a memory ``[C, H, W]``."""
        return self.factor * memory


@torch.no_grad()
def change_memories(model: nn.Module,
                    change: Callable[[Tensor], Tensor]) -> None:
    """Change every memory of a network, in place."""
    for block in model.modules():
        if isinstance(block, ConvMemoryBlock):
            block.memory.copy_(change(block.memory))
