"""Which frames a fraction of the training set holds."""
from typing import List, Optional, Sequence, Union

import numpy as np


def subset_indices(num_frames: int,
                   fraction: int,
                   seed: Union[int, Sequence[int]],
                   sequence_ids: Optional[Sequence[int]] = None) -> List[int]:
    """Indices of a random, nested subset.

    All frames are put into a random order that the seed alone decides; a
    fraction is its beginning. So 10 % lies within 25 %, and so on. Frames of
    one sequence stay together: whole sequences are drawn.

    Args:
        num_frames (int): N, frames of the whole set.
        fraction (int): Percent, 1 to 100.
        seed (int | Sequence[int]): Seed of the order.
        sequence_ids (Sequence[int], optional): Which sequence each frame is
            of, [N]. Defaults to None: every frame is its own.

    Returns:
        list[int]: Ascending; ``fraction`` percent of the sequences, rounded,
        and one at least.

    Raises:
        ValueError: If the fraction is not between 1 and 100.

    Example:
        >>> subset_indices(10, 20, seed=0)
        [4, 6]
    """
    if not 1 <= fraction <= 100:
        raise ValueError('a fraction is a percentage between 1 and 100, got '
                         f'{fraction}')
    ids = np.arange(num_frames) if sequence_ids is None else np.asarray(
        sequence_ids)
    if len(ids) != num_frames:
        raise ValueError(f'{len(ids)} sequence ids for {num_frames} frames')
    sequences = np.unique(ids)
    order = np.random.default_rng(seed).permutation(sequences)
    count = max(1, round(len(sequences) * fraction / 100))
    return np.flatnonzero(np.isin(ids, order[:count])).tolist()
