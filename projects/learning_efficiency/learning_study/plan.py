"""The list of independent runs."""

from dataclasses import dataclass, fields
from itertools import product
from typing import Iterable, List, NamedTuple


class Regularisation(NamedTuple):
    """What keeps a network from learning its training frames by heart."""

    weight_decay: float = 0.0
    shift_factor: float = 0.08
    scale_factor: tuple = (0.8, 1.25)
    rotate_factor: float = 40.0


STRONG = dict(shift_factor=0.12, scale_factor=(0.7, 1.4), rotate_factor=60.0)
REGULARISATIONS = dict(
    none=Regularisation(),
    weight_decay=Regularisation(0.1),
    augmentation=Regularisation(**STRONG),
    decay_and_augmentation=Regularisation(0.1, **STRONG),
)


@dataclass(frozen=True)
class Run:
    """One training; its fields tell its rows in all tables.

    ``fraction`` is percent of the training frames; ``seed`` decides initial
    weights, the order of the frames and their augmentation.
    """

    variant: str
    fraction: int
    seed: int
    regularisation: str = 'none'

    def __str__(self) -> str:
        """The run's folder below ``runs``: ``cmb/010_seed0``."""
        kind = '' if self.regularisation == 'none' else f'_{self.regularisation}'
        return f'{self.variant}/{self.fraction:03d}_seed{self.seed}{kind}'


RUN = [field.name for field in fields(Run)]


def make_runs(
    variants: Iterable[str],
    fractions: Iterable[int],
    seeds: Iterable[int],
    regularisations: Iterable[str] = ('none',),
) -> List[Run]:
    """All runs of a grid, seed by seed.

    An unfinished study then has every variant and fraction as early as it
    can.

    Raises:
        ValueError: If a fraction is no percentage, or a seed is negative.
    """
    fractions, seeds = sorted(set(fractions)), sorted(set(seeds))
    if not 1 <= fractions[0] <= fractions[-1] <= 100 or seeds[0] < 0:
        raise ValueError(
            'a fraction is a percentage between 1 and 100, and a seed is not '
            f'negative; got fractions {fractions}, seeds {seeds}'
        )
    return [
        Run(variant, fraction, seed, regularisation)
        for seed, fraction, regularisation, variant in product(
            seeds, fractions, regularisations, variants
        )
    ]
