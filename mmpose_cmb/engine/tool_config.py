"""Reading the config that a command-line tool was given."""

from typing import Optional, Sequence

from mmengine.config import Config

from ..paths import find_config


def read_config(
    path: str,
    overrides: Optional[dict] = None,
    needed: Sequence[str] = (),
    kind: str = 'config of a model',
) -> Config:
    """Read a config, with what ``--cfg-options`` changes in it.

    Args:
        path (str): The file, or the name of one of this project's configs.
        overrides (dict, optional): Value by dotted key.
        needed (Sequence[str]): Keys that it must have.
        kind (str): What is wanted, for the message. Defaults to 'config of a
            model'.

    Raises:
        FileNotFoundError: If there is neither.
        ValueError: If it is not a config, or lacks a needed key.
    """
    try:
        config = Config.fromfile(find_config(path))
    except SyntaxError as error:
        raise ValueError(f'{path}: is no config ({error})') from error
    config.merge_from_dict(overrides or {})
    missing = [key for key in needed if key not in config]
    if missing:
        raise ValueError(f'{path}: not a {kind}, it has no {" and no ".join(missing)}')
    return config
