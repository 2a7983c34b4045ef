"""The list of independent runs."""
import random
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Tuple

from mmpose_cmb.paths import config_path

from .settings import Settings

# Where a variant's name is looked for, below configs/.
CONFIG_FOLDERS = ('ablations', 'peers', '')
# As the paper's tables call them; other variants keep their names.
TITLES = dict(
    cmb='CMB',
    without_cmb='w/o CMB',
    with_convs='w/ Convs',
    conv_gru='w/ ConvGRU',
    conv_lstm='w/ ConvLSTM',
    cmb_sequences='w/ Sequence',
    cmb_sequences_shuffled='motions, shuffled',
    half_memory='w/ Half',
    double_memory='w/ Double',
    running_average='running average',
    ratio_not_switched='r stays 1',
    memory_optimized='memory optimised',
    hourglass52='Hourglass-52',
    cpm='CPM',
    simple_baseline_resnet50='SimpleBaseline',
    hrnet_w32='HRNet-W32',
    lite_hrnet18='Lite-HRNet-18',
    mobilenet_v2='MobileNetV2',
    rtmpose_s='RTMPose-s',
    rtmpose_m='RTMPose-m')


class Run(NamedTuple):
    """One training.

    Attributes:
        variant: Name of the variant.
        fraction: Percent of the training frames.
        seed: Of the initial weights, the order of the frames and their
            augmentation.
    """
    variant: str
    fraction: int
    seed: int

    @property
    def name(self) -> str:
        """The run's folder below ``runs``: ``cmb/010_seed0``."""
        return f'{self.variant}/{self.fraction:03d}_seed{self.seed}'

    def __str__(self) -> str:
        return f'{self.variant} {self.fraction}% seed {self.seed}'


def title(variant: str) -> str:
    """A variant's name in tables and plots."""
    return TITLES.get(variant, variant)


def make_runs(variants: Sequence[str], fractions: Sequence[int],
              seeds: Sequence[int]) -> List[Run]:
    """All runs, seed by seed.

    An unfinished study then has every variant and fraction as early as it
    can. Within a seed the order is mixed, always in the same way, so that
    each of several shares gets cheap and costly variants.
    """
    runs = []
    for seed in sorted(set(seeds)):
        of_seed = [
            Run(variant, fraction, seed) for variant in dict.fromkeys(variants)
            for fraction in sorted(set(fractions))
        ]
        random.Random(seed).shuffle(of_seed)
        runs += of_seed
    return runs


def share_of(runs: Sequence[Run], shard: Tuple[int, int]) -> List[Run]:
    """Every n-th run: share ``(i, n)``, i from 1 to n."""
    number, of = shard
    if not 1 <= number <= of:
        raise ValueError(f'a shard I/N needs 1 <= I <= N, got {number}/{of}')
    return list(runs[number - 1::of])


def find_configs(variants: Sequence[str]) -> Dict[str, str]:
    """The config of each variant.

    Args:
        variants (Sequence[str]): Names of files in ``configs/ablations``,
            ``configs/peers`` or ``configs``, or ``NAME=PATH`` for a config
            anywhere.

    Returns:
        dict[str, str]: Absolute path by name.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If two configs have one name.
    """
    found = {}
    for text in variants:
        name, _, path = text.rpartition('=')
        if not name:
            name, path = text, _own_config(text)
        if not Path(path).is_file():
            raise FileNotFoundError(f'variant {name}: no config {path}')
        path = str(Path(path).resolve())
        if not name.replace('_', '').replace('-', '').isalnum():
            raise ValueError(f'{name!r} cannot name a variant: use letters, '
                             'digits, "-" and "_"')
        if found.setdefault(name, path) != path:
            raise ValueError(f'two configs for the variant {name}: '
                             f'{found[name]} and {path}')
    return found


def _own_config(name: str) -> str:
    paths = [
        config_path(str(Path(folder) / f'{name}.py'))
        for folder in CONFIG_FOLDERS
    ]
    for path in paths:
        if Path(path).is_file():
            return path
    known = sorted(
        file.stem for folder in CONFIG_FOLDERS[:2]
        for file in Path(config_path(folder)).glob('*.py')
        if not file.stem.startswith('_'))
    raise FileNotFoundError(
        f'there is no variant {name!r}: none of configs/ablations/{name}.py, '
        f'configs/peers/{name}.py and configs/{name}.py exists. There are: '
        f'{", ".join(known)}; NAME=PATH takes any other config.')


def iterations_of(settings: Settings, fraction: int) -> int:
    """Training iterations of a run on a percentage of the frames.

    The same for every fraction; with ``same_epochs`` in proportion to it,
    rounded to whole rounds.
    """
    if not settings.same_epochs:
        return settings.iterations
    per_round = settings.iterations * fraction / 100 / settings.evaluations
    return max(1, round(per_round)) * settings.evaluations
