"""The networks that a study can train."""

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Sequence

from mmpose_cmb.paths import config_path

# Where a variant's name is looked for.
PLACES = ('ablations/{}.py', 'mmpose_networks/{}.py', '{}.py')


class Known(NamedTuple):
    """What the paper's tables call a config, and what it learns from."""

    title: str
    motions: bool = False


# In the order of the tables. Other variants keep their names.
KNOWN = dict(
    without_cmb=Known('w/o CMB'),
    with_convs=Known('w/ Convs'),
    cmb=Known('CMB'),
    conv_gru=Known('w/ ConvGRU', motions=True),
    conv_lstm=Known('w/ ConvLSTM', motions=True),
    cmb_sequences=Known('w/ Sequence', motions=True),
    cmb_sequences_shuffled=Known('motions, shuffled', motions=True),
    hourglass52=Known('Hourglass-52'),
    cpm=Known('CPM'),
    simple_baseline_resnet50=Known('SimpleBaseline'),
    hrnet_w32=Known('HRNet-W32'),
    hrnet_w18_fine=Known('HRNet-W18, fine heat maps'),
    hrnet_w18_small_fine=Known('HRNet-W18-Small-v2, fine heat maps'),
    lite_hrnet18=Known('Lite-HRNet-18'),
    mobilenet_v2=Known('MobileNetV2'),
    rtmpose_s=Known('RTMPose-s'),
    rtmpose_s_stride8=Known('RTMPose-s, stride 8'),
    rtmpose_m=Known('RTMPose-m'),
    running_average=Known('running average'),
    ratio_not_switched=Known('r stays 1'),
    memory_optimized=Known('memory optimised'),
    half_memory=Known('w/ Half'),
    double_memory=Known('w/ Double'),
)


@dataclass(frozen=True)
class Variant:
    """One network of a study.

    ``motions``: whether it learns from motions of several frames, a data set
    of their own. ``learning_rate`` is its own; 0: the study's.
    """

    config: str
    motions: bool = False
    learning_rate: float = 0.0


def title(name: str) -> str:
    """A variant's name in tables and plots."""
    return KNOWN[name].title if name in KNOWN else name


def find_variants(
    names: Sequence[str], motions: Sequence[str] = (), rates: Optional[Dict[str, float]] = None
) -> Dict[str, Variant]:
    """The variants of names of configs, or of ``NAME=PATH``.

    ``motions`` are those that learn from motions, beside the known ones.

    Raises:
        FileNotFoundError: If there is no such config.
        ValueError: If two configs have one name, or ``motions`` or ``rates``
            names another variant.
    """
    rates, found = rates or {}, {}
    for text in names:
        name, given, path = text.partition('=')
        if not name.replace('_', '').replace('-', '').isalnum():
            raise ValueError(f'{name!r} cannot name a variant: use letters, digits, "-" and "_"')
        paths = [path] if given else [config_path(place.format(name)) for place in PLACES]
        paths = [str(Path(p).resolve()) for p in paths if Path(p).is_file()]
        if not paths:
            raise FileNotFoundError(
                f'there is no variant {text!r}: no such config in configs/'
                'ablations, configs/mmpose_networks and configs. There are: '
                f'{", ".join(KNOWN)}; NAME=PATH takes any other config.'
            )
        variant = Variant(
            paths[0],
            name in motions or (name in KNOWN and KNOWN[name].motions),
            rates.get(name, 0.0),
        )
        if found.setdefault(name, variant) != variant:
            raise ValueError(
                f'two configs for the variant {name}: {found[name].config} and {paths[0]}'
            )
    unknown = [name for name in (*motions, *rates) if name not in found]
    if unknown:
        raise ValueError(
            f'--motions or --learning-rates names {unknown[0]}, '
            'which is not among the variants of this command'
        )
    return found
