"""Models of this project by their names."""

import os.path as osp
from typing import Optional, Tuple

from mmengine.config import Config
from mmengine.infer.infer import BaseInferencer

from ..paths import config_path
from ..shipped import FOLDER


def _weights_here(weights: Optional[str]) -> Optional[str]:
    """Weights that come with the package, wherever it is installed."""
    shipped = FOLDER / osp.basename(weights or '')
    return str(shipped) if shipped.is_file() else weights


def find_model(name: str) -> Tuple[Config, Optional[str]]:
    """Look a model up in the metafile.

    Args:
        name (str): Its name or alias, in any case.

    Returns:
        tuple: Its config, and the path or address of its weights where there
        are any.

    Raises:
        ValueError: If there is no such model, naming those there are.
    """
    root = osp.dirname(osp.dirname(config_path('cmb_k2hpd.py')))
    names = []
    for entry in BaseInferencer._get_models_from_metafile(root):
        names.append(entry['Name'])
        aliases = entry.get('Alias', [])
        aliases = [aliases] if isinstance(aliases, str) else aliases
        if name.lower() in [n.lower() for n in (names[-1], *aliases)]:
            config = Config.fromfile(osp.join(root, entry['Config']))
            return config, _weights_here(entry.get('Weights'))
    raise ValueError(
        f'{name}: no such config file, and no such model; models are {", ".join(names)}'
    )
