"""Trains with the channels last in memory."""

import torch
from mmengine.hooks import Hook

from mmpose.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Lay the weights out with the channels last, and so the feature maps.

    Convolutions are faster that way on CPUs, and on GPUs in half precision.
    PyTorch chooses a convolution's layout by its weights, so the images stay
    as they are. Only rounding differs.
    """

    def before_run(self, runner) -> None:
        """Change the layout before a checkpoint is loaded into it."""
        runner.model.to(memory_format=torch.channels_last)
