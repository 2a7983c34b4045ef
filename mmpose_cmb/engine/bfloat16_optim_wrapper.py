"""Training in bfloat16 where MMEngine's mixed precision is refused."""

from contextlib import contextmanager
from typing import Iterator

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from mmpose.registry import OPTIM_WRAPPERS

from ..compat import bfloat16_as_numpy


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Run forward and loss under autocast in bfloat16, on the CPU as well.

    MMEngine's ``AmpOptimWrapper`` refuses a CPU. One with bfloat16 units
    (AMX, AVX512-BF16) trains this network more than twice as fast with it;
    one without is slower. bfloat16 has float32's range, so no loss scaling is
    needed. Weights, optimiser and memory stay float32.

    Arguments are those of ``OptimWrapper``.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast on the model's device, besides what MMEngine enables."""
        device = next(model.parameters()).device
        with (
            super().optim_context(model),
            torch.autocast(device.type, dtype=torch.bfloat16),
            bfloat16_as_numpy(),
        ):
            yield
