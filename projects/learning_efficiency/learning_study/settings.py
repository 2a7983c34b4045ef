"""What all runs of a study share, and presets for three kinds of machine."""

from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple, Tuple

POSITIVE = (
    'input_px',
    'width',
    'train_frames',
    'validation_frames',
    'test_frames',
    'iterations',
    'validation_interval',
    'patience',
    'batch_size',
    'learning_rate',
)


def _setting(default, meaning: str, **more):
    """A field that is an option of the command line, too."""
    return field(default=default, metadata=dict(help=meaning, **more))


@dataclass(frozen=True)
class Settings:
    """What decides a run beside its own fields; by default the preset cpu.

    Raises:
        ValueError: If a setting cannot be run.
    """

    input_px: int = _setting(64, 'side of the input')
    width: float = _setting(1.0, "channels of the paper's network and its variants, times")
    train_frames: int = _setting(2700, 'of the whole training set')
    validation_frames: int = _setting(400, 'that decide when a run ends')
    test_frames: int = _setting(500, 'of the test set')
    iterations: int = _setting(12000, 'of a run at most')
    validation_interval: int = _setting(200, 'iterations between two validations')
    patience: int = _setting(1600, 'iterations without a gain in validation that end a run')
    min_gain: float = _setting(0.5, 'points of PCKh@0.5 that count as a gain')
    batch_size: int = _setting(16, 'frames of an iteration')
    ratio_switch: int = _setting(400, 'iteration from which r is 3')
    learning_rate: float = _setting(4e-3, 'of Adam')
    data_seed: int = _setting(0, 'of the frames and the subsets')
    loader_workers: int = _setting(0, 'loading processes of a run')
    resample_subsets: bool = _setting(False, 'other subsets for each seed')
    bf16: bool = _setting(False, 'train in bfloat16: faster on CPUs and GPUs that have it')

    def __post_init__(self) -> None:
        for name in POSITIVE:
            if not getattr(self, name) > 0:
                raise ValueError(f'{name} must be positive, got {getattr(self, name)}')
        if min(self.data_seed, self.loader_workers, self.ratio_switch, self.min_gain) < 0:
            raise ValueError(
                'data_seed, loader_workers, ratio_switch and min_gain must not be negative'
            )
        if self.iterations % self.validation_interval:
            raise ValueError(
                f'{self.iterations} iterations cannot be split evenly into '
                f'rounds of {self.validation_interval} with a validation after '
                f'each: choose a multiple of {self.validation_interval}'
            )


class Scale(NamedTuple):
    """A preset: settings, and how much of the grid is run by default."""

    settings: Settings
    fractions: Tuple[int, ...] = (10, 25, 50, 75, 100)
    num_seeds: int = 3


# gpu: section 5's own rate; r is switched where the paper does it.
SCALES = dict(
    toy=Scale(
        Settings(32, 0.25, 40, 10, 20, 12, 6, 6, batch_size=4, ratio_switch=4), (10, 100), 2
    ),
    cpu=Scale(Settings(), (2, 10, 100)),
    gpu=Scale(
        Settings(
            192,
            train_frames=40000,
            validation_frames=2000,
            test_frames=4000,
            iterations=200000,
            validation_interval=2000,
            patience=20000,
            ratio_switch=10000,
            learning_rate=2.5e-4,
            loader_workers=8,
        ),
        num_seeds=5,
    ),
)


def add_options(group) -> None:
    """An option of the command line for each setting."""
    for setting in fields(Settings):
        kind = dict(action='store_true') if setting.type is bool else dict(type=setting.type)
        group.add_argument(
            '--' + setting.name.replace('_', '-'), default=None, **kind, **setting.metadata
        )


def chosen_settings(scale: str, options: dict) -> Settings:
    """A preset's settings, where the options do not say otherwise."""
    return replace(
        SCALES[scale].settings,
        **{
            setting.name: options[setting.name]
            for setting in fields(Settings)
            if options.get(setting.name) is not None
        },
    )
