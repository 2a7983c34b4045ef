"""Where this project's files lie, installed or in the source tree."""
import os.path as osp

PACKAGE_DIR = osp.dirname(osp.abspath(__file__))


def config_path(relative_path: str) -> str:
    """Find one of this project's configuration files.

    Args:
        relative_path (str): Path below ``configs``, such as
            ``'_base_/datasets/k2hpd.py'``.

    Returns:
        str: Absolute path in the installed package's ``.mim/configs``, or
        else in the ``configs`` of the source tree; whatever the current
        directory is.
    """
    installed = osp.join(PACKAGE_DIR, '.mim', 'configs', relative_path)
    if osp.isfile(installed):
        return installed
    return osp.join(osp.dirname(PACKAGE_DIR), 'configs', relative_path)


def find_config(name_or_path: str) -> str:
    """A config's path, by its path or its name in this project."""
    if osp.isfile(name_or_path):
        return name_or_path
    for folder in ('', 'deploy', 'peers', 'ablations'):
        path = config_path(osp.join(folder, name_or_path + '.py'))
        if osp.isfile(path):
            return path
    raise FileNotFoundError(f'{name_or_path}: no such config')
