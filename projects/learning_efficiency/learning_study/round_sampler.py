"""Splits a training into rounds of the same number of iterations."""
from typing import Iterator, Optional

import numpy as np
from torch.utils.data import Sampler

from mmpose.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class RoundSampler(Sampler[int]):
    """Rounds of a fixed number of samples, however small the data set is.

    The data set is shuffled again and again, and the stream of indices is
    cut into rounds, which take the place of MMEngine's epochs: a test and a
    checkpoint after each. Every sample is seen as often as any other, give
    or take one. A round depends on the seed and its number alone, so that a
    resumed training sees what an uninterrupted one sees.

    Args:
        dataset (Sized): The data set.
        round_length (int): Samples of a round.
        seed (int, optional): Given by MMEngine: the run's seed.
    """

    def __init__(self,
                 dataset,
                 round_length: int,
                 seed: Optional[int] = None) -> None:
        if not len(dataset):
            raise ValueError('RoundSampler: the data set is empty')
        self.size = len(dataset)
        self.round_length = round_length
        self.seed = seed or 0
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the round; MMEngine's DistSamplerSeedHook calls this."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.round_length

    def __iter__(self) -> Iterator[int]:
        begin = self.epoch * self.round_length
        end = begin + self.round_length
        first = begin // self.size
        passes = [
            np.random.default_rng((self.seed, number)).permutation(self.size)
            for number in range(first, -(-end // self.size))
        ]
        stream = np.concatenate(passes)
        offset = first * self.size
        return iter(stream[begin - offset:end - offset].tolist())
