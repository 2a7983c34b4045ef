"""Reading a checkpoint, with errors that name the file."""

import logging
import os.path as osp
from pickle import UnpicklingError

from mmengine.runner import CheckpointLoader


def load_checkpoint_file(path: str) -> dict:
    """What a checkpoint holds, on the CPU; nothing in it runs.

    Args:
        path (str): Path or address.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no checkpoint, is damaged, or holds what
            MMEngine's checkpoints do not hold.
    """
    if '://' not in path and not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such checkpoint')
    try:
        checkpoint = CheckpointLoader.load_checkpoint(
            path, map_location='cpu', logger=logging.getLogger('silent')
        )
    except (UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f'{path}: not a checkpoint ({reason})') from error
    if not isinstance(checkpoint, dict):
        raise ValueError(f'{path}: not a checkpoint (it holds a {type(checkpoint).__name__})')
    return checkpoint
