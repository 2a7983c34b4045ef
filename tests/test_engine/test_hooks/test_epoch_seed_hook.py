"""EpochSeedHook and the seeding of loader workers."""

from types import SimpleNamespace

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from mmpose_cmb.engine import EpochSeedHook
from mmpose_cmb.engine.hooks import seed_worker


class Draws(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return np.random.rand()


def epoch_of_draws(epoch, workers, seed=7):
    EpochSeedHook().before_train_epoch(SimpleNamespace(seed=seed, epoch=epoch))
    loader = DataLoader(Draws(), num_workers=workers, worker_init_fn=seed_worker)
    return torch.cat(list(loader)).tolist()


def test_an_epoch_repeats_whatever_came_before():
    for workers in (0, 2):
        reference = epoch_of_draws(3, workers)
        epoch_of_draws(5, workers)
        np.random.rand(11)
        torch.rand(3)
        assert epoch_of_draws(3, workers) == reference


def test_epochs_seeds_and_workers_differ():
    for workers in (0, 2):
        first = epoch_of_draws(0, workers)
        assert first != epoch_of_draws(1, workers)
        assert first != epoch_of_draws(0, workers, seed=8)
        assert len(set(first)) == len(first)
