"""Feeds sequences frame by frame: one sequence in each row of a batch."""

from typing import Iterator, List

import torch
from torch.utils.data import Sampler

from mmpose.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class SequenceBatchSampler(Sampler):
    """Give each row of consecutive mini-batches the frames of one sequence.

    ``batch_size`` sequences are fed side by side from their first to their
    last frame, then the next ones. The last mini-batches have fewer rows
    where the sequences are not a multiple of them. Sequences that end early
    (records are missing) lie in the last rows.

    Set as a loader's ``batch_sampler``. The loader's ``sampler`` says
    whether the sequences, never their frames, are shuffled.

    Args:
        sampler (DefaultSampler): The loader's sampler: dataset, shuffling,
            seed and rank are taken from it. The dataset's records have a
            ``sequence_index`` (``sequence_length`` of the dataset).
        batch_size (int): Sequences side by side; the loader's.

    Raises:
        ValueError: If the dataset tells no sequences, or several processes
            cannot share them evenly.

    Example:
        >>> train_dataloader = dict(
        ...     batch_size=16, drop_last=False,
        ...     sampler=dict(type='DefaultSampler', shuffle=False),
        ...     batch_sampler=dict(type='SequenceBatchSampler'))
    """

    def __init__(self, sampler, batch_size: int) -> None:
        self.sampler = sampler
        self.batch_size = batch_size
        self.sequences = sequences_of(sampler.dataset)
        if sampler.world_size > 1:
            self._check_even_shares()

    def __iter__(self) -> Iterator[List[int]]:
        """Iterate the indices of each mini-batch."""
        for rows in self._side_by_side():
            for frame in range(len(rows[0])):
                yield [row[frame] for row in rows if frame < len(row)]

    def __len__(self) -> int:
        """Mini-batches of this process in the present epoch."""
        return sum(len(rows[0]) for rows in self._side_by_side())

    def _side_by_side(self) -> List[List[List[int]]]:
        """This process's sequences, ``batch_size`` a time, longest first."""
        order = range(len(self.sequences))
        if self.sampler.shuffle:
            generator = torch.Generator()
            generator.manual_seed(self.sampler.seed + self.sampler.epoch)
            order = torch.randperm(len(order), generator=generator).tolist()
        order = order[self.sampler.rank :: self.sampler.world_size]
        mine = [self.sequences[i] for i in order]
        return [
            sorted(mine[i : i + self.batch_size], key=len, reverse=True)
            for i in range(0, len(mine), self.batch_size)
        ]

    def _check_even_shares(self) -> None:
        """Each process has to do as many steps, and no frame twice."""
        processes = self.sampler.world_size
        if len(self.sequences) % processes:
            raise ValueError(
                f'{processes} processes cannot share {len(self.sequences)} '
                'sequences evenly: use a number of processes that divides it'
            )
        lengths = sorted({len(frames) for frames in self.sequences})
        if len(lengths) > 1:
            raise ValueError(
                'several processes need sequences of one length, got '
                f'{lengths[0]} to {lengths[-1]} frames: use one process'
            )


def sequences_of(dataset) -> List[List[int]]:
    """The indices of the frames of each sequence of a dataset.

    Args:
        dataset (BaseDataset): Its records have a ``sequence_index``.

    Returns:
        List[List[int]]: In the order of the dataset, which is the order in
        time.

    Raises:
        ValueError: If a record has no ``sequence_index``.
    """
    sequences = {}
    for index in range(len(dataset)):
        info = dataset.get_data_info(index)
        if 'sequence_index' not in info:
            raise ValueError(
                f'{type(dataset).__name__} does not tell which sequence its '
                'frames belong to: set sequence_length of the dataset'
            )
        sequences.setdefault(info['sequence_index'], []).append(index)
    return list(sequences.values())
