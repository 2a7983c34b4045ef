"""Splits a training into rounds of the same number of iterations."""

from typing import Iterator, Optional, Sequence, Union

import numpy as np
from torch.utils.data import Sampler

from mmpose.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class RoundSampler(Sampler[int]):
    """Rounds of a fixed number of samples, however small the subset is.

    A subset of the data set is fed again and again, and this stream is cut
    into rounds, which take the place of MMEngine's epochs. A round depends on
    the seed and its number alone: a resumed training sees what an
    uninterrupted one sees. The subset is drawn here rather than by the data
    set's ``indices``, which MMEngine would spend minutes on printing.

    Args:
        dataset (Sized): The whole data set.
        round_length (int): Samples of a round.
        num_frames (int): Frames that the data set must have.
        fraction (int): Percent of them that are fed.
        subset_seed (int | Sequence[int]): Decides which.
        sequence_length (int): Frames of a motion; motions are in the subset
            as a whole. Defaults to 1: single frames.
        side_by_side (int): Rows of a mini-batch, each of which goes through a
            motion in its order; a round begins with new motions. Defaults to
            0: frame by frame.
        shuffle (bool): Shuffle each pass over the subset. Defaults to True.
        seed (int, optional): The run's, given by MMEngine.

    Raises:
        ValueError: If the data set has another number of frames, or motions
            are not whole.
    """

    def __init__(
        self,
        dataset,
        round_length: int,
        num_frames: int,
        fraction: int = 100,
        subset_seed: Union[int, Sequence[int]] = 0,
        sequence_length: int = 1,
        side_by_side: int = 0,
        shuffle: bool = True,
        seed: Optional[int] = None,
    ) -> None:
        if len(dataset) != num_frames or num_frames % sequence_length:
            raise ValueError(
                f'the training set has {len(dataset)} usable frames; wanted '
                f'are {num_frames} in motions of {sequence_length}'
            )
        self.round_length = round_length
        self.indices = subset_indices(num_frames, fraction, subset_seed, sequence_length)
        self.sequence_length = sequence_length
        self.side_by_side = side_by_side
        self.shuffle = shuffle
        self.seed = seed or 0
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the round; MMEngine's DistSamplerSeedHook calls this."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.round_length

    def __iter__(self) -> Iterator[int]:
        if not self.side_by_side:
            return iter(self._stream(self.indices, self.round_length).tolist())
        rows, frames = self.side_by_side, self.sequence_length
        groups = -(-self.round_length // (rows * frames))
        motions = self._stream(self.indices.reshape(-1, frames), groups * rows)
        in_order = motions.reshape(groups, rows, frames).transpose(0, 2, 1)
        return iter(in_order.ravel()[: self.round_length].tolist())

    def _stream(self, items: np.ndarray, length: int) -> np.ndarray:
        """This round's ``length`` of the endless stream of items."""
        size, begin = len(items), self.epoch * length
        first, last = begin // size, -(-(begin + length) // size)
        passes = [
            np.random.default_rng((self.seed, number)).permutation(size)
            if self.shuffle
            else np.arange(size)
            for number in range(first, last)
        ]
        return items[np.concatenate(passes)[begin - first * size :][:length]]


def subset_indices(
    num_frames: int, fraction: int, seed: Union[int, Sequence[int]], sequence_length: int = 1
) -> np.ndarray:
    """Indices of a random subset, ascending.

    All motions are put into an order that the seed alone decides; a fraction
    (percent) is its beginning, one at least. So 10 % lies within 25 %.

    Example:
        >>> subset_indices(10, 20, seed=0).tolist()
        [4, 6]
    """
    number = num_frames // sequence_length
    order = np.random.default_rng(seed).permutation(number)
    chosen = order[: max(1, round(number * fraction / 100))]
    return np.flatnonzero(np.isin(np.arange(num_frames) // sequence_length, chosen))
