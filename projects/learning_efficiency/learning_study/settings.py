"""What all runs of a study share, and presets for three kinds of machine."""
from typing import NamedTuple, Tuple

SCHEDULES = ('cosine', 'paper')


class Settings(NamedTuple):
    """What decides a run beside its variant, fraction and seed.

    Attributes:
        scale: Name of the preset that these settings came from.
        input_px: Side of the network's square input, pixels.
        train_frames: Frames of the whole training set.
        test_frames: Frames of the test set.
        iterations: Training iterations of a run.
        evaluations: How often a run is tested, evenly spread; the last time
            at its end.
        batch_size: Frames of an iteration.
        ratio_switch: Iteration from which the memory's ratio limit r is 3.
        learning_rate: Of Adam.
        schedule: 'cosine': a warm-up, then down to zero. 'paper': times 0.95
            every 1000 iterations (section 5).
        data_seed: Seed of the synthetic frames and of the subsets.
        loader_workers: Processes that load the frames of a run.
        same_epochs: Whether a subset gets as many passes as the whole set,
            thus fewer iterations; otherwise as many iterations.
        resample_subsets: Whether each seed draws its own subsets.
        bf16: Whether forward and loss run in bfloat16, and with the channels
            last in memory.
    """
    scale: str
    input_px: int
    train_frames: int
    test_frames: int
    iterations: int
    evaluations: int
    batch_size: int
    ratio_switch: int
    learning_rate: float
    schedule: str
    data_seed: int = 0
    loader_workers: int = 0
    same_epochs: bool = False
    resample_subsets: bool = False
    bf16: bool = False


class Scale(NamedTuple):
    """A preset: settings, and how much of the grid is run by default."""
    settings: Settings
    fractions: Tuple[int, ...]
    num_seeds: int


# gpu: section 5's own optimiser; r is switched where the paper does it.
SCALES = dict(
    toy=Scale(
        Settings('toy', 32, 40, 20, 12, 2, 4, 4, 1e-3, 'cosine'),
        fractions=(10, 100),
        num_seeds=2),
    cpu=Scale(
        Settings('cpu', 64, 2700, 500, 1600, 4, 16, 533, 1e-3, 'cosine'),
        fractions=(10, 25, 50, 75, 100),
        num_seeds=3),
    gpu=Scale(
        Settings(
            'gpu', 192, 40000, 4000, 30000, 6, 16, 10000, 2.5e-4, 'paper',
            loader_workers=8),
        fractions=(10, 25, 50, 75, 100),
        num_seeds=5))


def make_settings(scale: str, **changes) -> Settings:
    """A preset's settings with some of them changed.

    Args:
        scale (str): One of ``SCALES``.
        **changes: Fields of :class:`Settings`; None leaves one as it is.
            r is switched after a third of the iterations unless
            ``ratio_switch`` is given.

    Raises:
        ValueError: If a setting cannot be run.
    """
    changes = {k: v for k, v in changes.items() if v is not None}
    settings = SCALES[scale].settings._replace(**changes)
    if 'iterations' in changes and 'ratio_switch' not in changes:
        settings = settings._replace(ratio_switch=settings.iterations // 3)
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    for name in ('input_px', 'train_frames', 'test_frames', 'iterations',
                 'evaluations', 'batch_size', 'learning_rate'):
        if not getattr(settings, name) > 0:
            raise ValueError(f'{name} must be positive, got '
                             f'{getattr(settings, name)}')
    if settings.iterations % settings.evaluations:
        raise ValueError(
            f'{settings.iterations} iterations cannot be split evenly into '
            f'{settings.evaluations} rounds with a test after each; choose a '
            f'multiple of {settings.evaluations}, or another number of '
            'evaluations')
    if settings.schedule not in SCHEDULES:
        raise ValueError(f'unknown schedule {settings.schedule!r}, choose '
                         f'one of {SCHEDULES}')
    if settings.data_seed < 0 or settings.ratio_switch < 0 or \
            settings.loader_workers < 0:
        raise ValueError('data_seed, ratio_switch and loader_workers must '
                         'not be negative')
