"""Models of this project by their names."""

import os.path as osp
from typing import Optional, Tuple

from mmengine.config import Config
from mmengine.infer.infer import BaseInferencer

from ..paths import config_path


def find_model(name: str) -> Tuple[Config, Optional[str]]:
    """Look a model up in the metafile.

    Args:
        name (str): Its name or alias, in any case.

    Returns:
        tuple: Its config, and the address of its weights where there are any.

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
            return (Config.fromfile(osp.join(root, entry['Config'])), entry.get('Weights'))
    raise ValueError(
        f'{name}: no such config file, and no such model; models are {", ".join(names)}'
    )
