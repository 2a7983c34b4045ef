"""What runs around the network while it trains."""

from .bfloat16_optim_wrapper import BFloat16OptimWrapper
from .hooks import (
    ChannelsLastHook,
    CheckpointFitHook,
    EpochSeedHook,
    FruitlessTrainingHook,
    MemoryRatioHook,
    ProgressHook,
    SequenceStateHook,
)

__all__ = [
    'BFloat16OptimWrapper',
    'ChannelsLastHook',
    'CheckpointFitHook',
    'EpochSeedHook',
    'FruitlessTrainingHook',
    'MemoryRatioHook',
    'ProgressHook',
    'SequenceStateHook',
]
