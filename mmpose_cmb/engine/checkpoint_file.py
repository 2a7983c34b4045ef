"""Reading a checkpoint: as data alone, with errors that name the file."""

import functools
import logging
import os
import os.path as osp
import zipfile
from contextlib import contextmanager
from typing import Callable, Iterator, Optional

from mmengine.runner import CheckpointLoader

# torch's own switch: whoever calls torch.load, it reads data alone.
_DATA_ALONE = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD'
_PICKLE = b'\x80'


def load_checkpoint_file(path: str) -> dict:
    """What a checkpoint holds, on the CPU; nothing in it runs.

    Args:
        path (str): Path or address.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no checkpoint, is damaged, or holds what
            MMEngine's checkpoints do not hold.
    """
    return CheckpointLoader.load_checkpoint(
        path, map_location='cpu', logger=logging.getLogger('silent')
    )


def as_data(loader: Callable) -> Callable:
    """One of MMEngine's loaders of checkpoints, which reads data alone.

    Args:
        loader (Callable): Takes a path or an address, and ``map_location``.

    Returns:
        Callable: As the loader; raises as :func:`load_checkpoint_file`. The
        text of a config, which MMEngine would run, is left out.
    """

    @functools.wraps(loader)
    def load(filename: str, *args, **kwargs) -> dict:
        path = osp.expanduser(filename)
        if '://' not in path:
            if not osp.isfile(path):
                raise FileNotFoundError(f'{path}: no such checkpoint')
            wrong = why_no_checkpoint(path)
            if wrong is not None:
                raise ValueError(f'{path}: not a checkpoint ({wrong})')
        try:
            with _data_alone():
                checkpoint = loader(filename, *args, **kwargs)
        except Exception as error:
            # Unpickling what was never pickled raises nearly anything.
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ValueError(f'{filename}: not a checkpoint ({reason})') from error
        if not isinstance(checkpoint, dict):
            kind = type(checkpoint).__name__
            raise ValueError(f'{filename}: not a checkpoint (it holds a {kind})')
        if isinstance(checkpoint.get('meta'), dict):
            checkpoint['meta'].pop('config', None)
        return checkpoint

    load.reads_data_alone = True
    return load


def why_no_checkpoint(path: str) -> Optional[str]:
    """Why a file cannot be a checkpoint, or is not whole; None if it may be.

    Torch's files are zip archives, of which torch itself compares no
    checksum; older ones begin with a pickle.
    """
    size = osp.getsize(path)
    with open(path, 'rb') as file:
        begin = file.read(64)
    if not size:
        return 'it is empty'
    if begin.startswith(b'version https://git-lfs'):
        return 'a pointer of Git LFS; "git lfs pull" gets the weights'
    if begin.lstrip().startswith(b'<'):
        return 'a web page; was there an error instead of a download?'
    if begin.startswith(_PICKLE):
        return None
    if not begin.startswith(b'PK'):
        return "it does not begin as torch's files do"
    try:
        with zipfile.ZipFile(path) as archive:
            # Torch stores without compression: a file asks for no more than it has.
            if sum(entry.file_size for entry in archive.infolist()) > size:
                return 'damaged: its parts are larger than the file'
            damaged = archive.testzip()
    except Exception as error:
        return f'cut short or damaged: {error}'
    return None if damaged is None else f'damaged: checksum of {damaged}'


@contextmanager
def _data_alone() -> Iterator[None]:
    before = os.environ.get(_DATA_ALONE)
    os.environ[_DATA_ALONE] = '1'
    try:
        yield
    finally:
        if before is None:
            del os.environ[_DATA_ALONE]
        else:
            os.environ[_DATA_ALONE] = before
