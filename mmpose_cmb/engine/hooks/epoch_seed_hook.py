"""Makes the random numbers of an epoch independent of what came before."""

import random

import numpy as np
import torch
from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from mmengine.registry import FUNCTIONS
from mmengine.runner import set_random_seed

from mmpose.registry import HOOKS

from ...processes import end_with_parent


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Reseed all generators at the start of each training epoch.

    MMEngine does not store the generators' states, so a resumed run would
    draw other augmentations than an uninterrupted one. With the seed derived
    from the run's seed, the epoch and the rank, both are the same to the bit.
    Loaders with workers need ``worker_init_fn=dict(type='seed_worker')`` and
    ``persistent_workers=False``.
    """

    priority = 'VERY_HIGH'

    def before_train_epoch(self, runner) -> None:
        """Seed ``random``, numpy and torch."""
        seed = (runner.seed + runner.epoch * get_world_size()) % 2**31
        set_random_seed(seed, diff_rank_seed=True)


@FUNCTIONS.register_module()
def seed_worker(worker_id: int) -> None:
    """Seed a loader's worker from the seed that torch gave it.

    MMEngine's own worker seeding uses the same seed in every epoch, so that
    each epoch would draw the same augmentations; torch's seed is drawn anew
    from the main process's generator. Augmentation works on one thread. A
    worker whose training was killed ends with it.

    Args:
        worker_id (int): Index of the worker; torch's seed includes it.
    """
    seed = torch.initial_seed() % 2**32
    random.seed(seed)
    np.random.seed(seed)
    torch.set_num_threads(1)
    end_with_parent()
