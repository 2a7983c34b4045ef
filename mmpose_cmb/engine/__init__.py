"""What runs around the network while it trains."""
from .hooks import (EpochSeedHook, MemoryRatioHook, ProgressHook,
                    SequenceStateHook)

__all__ = [
    'EpochSeedHook', 'MemoryRatioHook', 'ProgressHook', 'SequenceStateHook'
]
