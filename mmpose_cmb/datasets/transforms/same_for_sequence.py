"""Augments all frames of a sequence alike."""

import random
from contextlib import contextmanager
from typing import List, Optional

import numpy as np
import torch
from mmcv.transforms import BaseTransform, Compose

from mmpose.registry import TRANSFORMS


@TRANSFORMS.register_module()
class SameForSequence(BaseTransform):
    """Run random transforms with the same draws for a whole sequence.

    Without it each frame would be mirrored and turned on its own, and
    consecutive frames would not lie on each other any more.

    The draws follow from the epoch (:class:`EpochSeedHook` and a loader with
    ``persistent_workers=False`` give each its own) and from the sequence,
    whichever worker loads the frame. Transforms that draw from numpy or
    ``random`` are reached.

    Required Keys:

        - sequence_index
        - those of the transforms

    Modified and Added Keys: those of the transforms.

    Args:
        transforms (List[dict]): Configs of the transforms.

    Raises:
        ValueError: If the record has no ``sequence_index``.
    """

    def __init__(self, transforms: List[dict]) -> None:
        self.transforms = Compose(transforms)

    def transform(self, results: dict) -> Optional[dict]:
        """Transform one frame's ``results``."""
        if 'sequence_index' not in results:
            raise ValueError(
                'SameForSequence: the record has no "sequence_index". Set '
                'sequence_length of the dataset.'
            )
        with seeded((_epoch_seed(), results['sequence_index'])):
            return self.transforms(results)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(transforms={self.transforms})'


@contextmanager
def seeded(seeds):
    """Seed numpy and ``random`` by integers >= 0; afterwards as before."""
    numpy_state, random_state = np.random.get_state(), random.getstate()
    seed = int(np.random.SeedSequence(seeds).generate_state(1)[0])
    np.random.seed(seed)
    random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(random_state)


def _epoch_seed() -> int:
    """What torch was seeded with, the same in all workers of a loader."""
    worker = torch.utils.data.get_worker_info()
    return torch.initial_seed() - (worker.id if worker else 0)
