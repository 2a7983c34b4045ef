"""Hooks of the training."""

from .channels_last_hook import ChannelsLastHook
from .checkpoint_fit_hook import CheckpointFitHook, weights_that_do_not_fit
from .epoch_seed_hook import EpochSeedHook, seed_worker
from .fruitless_training_hook import FruitlessTrainingHook
from .memory_ratio_hook import MemoryRatioHook, ratio_limit_at
from .progress_hook import ProgressHook
from .sequence_state_hook import SequenceStateHook

__all__ = [
    'ChannelsLastHook',
    'CheckpointFitHook',
    'EpochSeedHook',
    'FruitlessTrainingHook',
    'MemoryRatioHook',
    'ProgressHook',
    'SequenceStateHook',
    'ratio_limit_at',
    'seed_worker',
    'weights_that_do_not_fit',
]
