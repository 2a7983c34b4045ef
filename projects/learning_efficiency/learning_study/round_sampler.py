"""Splits a training into rounds of the same number of iterations."""
from typing import Iterator, List, Optional, Sequence, Union

import numpy as np
from torch.utils.data import Sampler

from mmpose.registry import DATA_SAMPLERS
from mmpose_cmb.datasets.samplers import sequences_of

from .subsets import subset_indices


@DATA_SAMPLERS.register_module()
class RoundSampler(Sampler[int]):
    """Rounds of a fixed number of samples, however small the data set is.

    The data set is fed again and again, and this stream of indices is cut
    into rounds, which take the place of MMEngine's epochs: a test and a
    checkpoint after each. Every sample is seen as often as any other, give
    or take one. A round depends on the seed and its number alone, so that a
    resumed training sees what an uninterrupted one sees.

    Only a subset of the data set is fed. It is drawn here rather than by the
    data set's ``indices``: thousands of numbers in a config make MMEngine
    spend minutes on printing it.

    Args:
        dataset (Sized): The whole data set.
        round_length (int): Samples of a round.
        num_frames (int): Frames that the data set must have.
        fraction (int): Percent of them that are fed.
        subset_seed (int | Sequence[int]): Decides which.
        sequence_length (int): Frames of a motion; motions are in the subset
            as a whole. Defaults to 1: single frames.
        shuffle (bool): Shuffle each pass over the subset. Defaults to True.
        seed (int, optional): Given by MMEngine: the run's seed.

    Raises:
        ValueError: If the data set has another number of frames.
    """

    def __init__(self,
                 dataset,
                 round_length: int,
                 num_frames: int,
                 fraction: int = 100,
                 subset_seed: Union[int, Sequence[int]] = 0,
                 sequence_length: int = 1,
                 shuffle: bool = True,
                 seed: Optional[int] = None) -> None:
        if len(dataset) != num_frames:
            raise ValueError(
                f'the training set has {len(dataset)} usable frames, the '
                f'study was begun with {num_frames}')
        self.dataset = dataset
        self.round_length = round_length
        self.indices = subset_indices(
            num_frames, fraction, subset_seed,
            np.arange(num_frames) // sequence_length)
        self.shuffle = shuffle
        self.seed = seed or 0
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the round; MMEngine's DistSamplerSeedHook calls this."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.round_length

    def __iter__(self) -> Iterator[int]:
        begin = self.epoch * self.round_length
        for place in self.stream(
                len(self.indices), begin, begin + self.round_length):
            yield self.indices[place]

    def stream(self, size: int, begin: int, end: int) -> List[int]:
        """Places ``begin`` to ``end`` of the endless stream of 0..size-1."""
        first = begin // size
        passes = [
            np.random.default_rng((self.seed, number)).permutation(size)
            if self.shuffle else np.arange(size)
            for number in range(first, -(-end // size))
        ]
        places = slice(begin - first * size, end - first * size)
        return np.concatenate(passes)[places].tolist()


@DATA_SAMPLERS.register_module()
class RoundSequenceBatchSampler(Sampler):
    """Rounds of sequences: each row of a mini-batch goes through one.

    As mmpose_cmb's SequenceBatchSampler, but an endless stream of sequences
    cut into rounds of the same number of mini-batches. A round begins with
    new sequences; where its length is no multiple of theirs, its last ones
    are cut short.

    Args:
        sampler (RoundSampler): Says how long a round is; of its stream,
            sequences take the place of frames.
        batch_size (int): Sequences side by side.

    Raises:
        ValueError: If the sequences are not of one length.
    """

    def __init__(self, sampler: RoundSampler, batch_size: int) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        chosen = set(sampler.indices)
        self.sequences = [
            frames for frames in sequences_of(sampler.dataset)
            if chosen.issuperset(frames)
        ]
        lengths = {len(sequence) for sequence in self.sequences}
        if len(lengths) > 1:
            raise ValueError('sequences of one length are needed, got '
                             f'{min(lengths)} to {max(lengths)} frames')
        self.frames = lengths.pop()

    def __len__(self) -> int:
        return self.sampler.round_length // self.batch_size

    def __iter__(self) -> Iterator[List[int]]:
        groups = -(-len(self) // self.frames)
        for step in range(len(self)):
            group, frame = divmod(step, self.frames)
            begin = (self.sampler.epoch * groups + group) * self.batch_size
            rows = self.sampler.stream(
                len(self.sequences), begin, begin + self.batch_size)
            yield [self.sequences[row][frame] for row in rows]
