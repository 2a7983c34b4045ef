"""What runs around the network while it trains."""
from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .hooks import (EpochSeedHook, MemoryRatioHook, ProgressHook,
                    SequenceStateHook)

__all__ = [
    'BFloat16OptimWrapper', 'EpochSeedHook', 'MemoryRatioHook', 'ProgressHook',
    'SequenceStateHook'
]
