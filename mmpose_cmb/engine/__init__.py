"""What runs around the network while it trains."""
from .hooks import EpochSeedHook, MemoryRatioHook, ProgressHook

__all__ = ['EpochSeedHook', 'MemoryRatioHook', 'ProgressHook']
