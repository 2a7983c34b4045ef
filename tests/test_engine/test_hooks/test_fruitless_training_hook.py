"""Trainings of which nothing can come end with a word."""

from types import SimpleNamespace

import pytest
import torch
from torch.utils.data import DataLoader

from mmpose_cmb.engine.hooks import FruitlessTrainingHook


def train(losses, **options):
    """Iterations until the hook ends it; all of them if it does not."""
    hook = FruitlessTrainingHook(**options)
    for number, loss in enumerate(losses):
        hook.after_train_iter(None, number, None, dict(loss=torch.tensor(float(loss))))
    return len(losses)


def test_a_training_that_learns_goes_on():
    assert train([1 / (i + 1) for i in range(200)]) == 200
    # Nine of a kind, and a loss that comes back.
    assert train([1.0, *[float('nan')] * 9, 0.9, *[0.0] * 9, 0.8] * 3) == 63
    assert train([1e-9, *[1e-4] * 50]) == 51


@pytest.mark.parametrize(
    'losses, message',
    [
        ([0] * 10, 'exactly 0 in 10 iterations on end: no labelled joint'),
        ([1.0, *[0] * 10], 'exactly 0'),
        ([0.5, *[1e24] * 10], r'loss is 1e\+24 since 10 iterations, after 0.5 .* diverged'),
        ([0.5, *[float('inf')] * 10], 'loss is inf .* diverged. Lower optim_wrapper'),
        ([float('nan')] * 10, 'loss is nan since 10 iterations: the training has diverged'),
        ([*[0.1] * 99, *[1e9, float('nan')] * 5], 'diverged'),
    ],
)
def test_one_that_does_not_ends_at_the_tenth(losses, message):
    assert train(losses[:-1]) == len(losses) - 1
    with pytest.raises(ValueError, match=message):
        train(losses)


def test_a_data_set_smaller_than_a_batch():
    loader = DataLoader([1, 2, 3], batch_size=4, drop_last=True)
    runner = SimpleNamespace(train_dataloader=loader)
    with pytest.raises(ValueError, match='have 3 samples .* fewer than a batch of 4'):
        FruitlessTrainingHook().before_train(runner)
    runner.train_dataloader = DataLoader([1, 2, 3], batch_size=3, drop_last=True)
    FruitlessTrainingHook().before_train(runner)
