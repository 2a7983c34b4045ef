"""Where this project's files lie, installed or in the source tree."""

import difflib
import os
import os.path as osp
from typing import List, Union

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


def config_names() -> List[str]:
    """Every config that can be named, as its path below ``configs``.

    Returns:
        list[str]: Such as ``'cmb_k2hpd.py'``, ``'ablations/conv_gru.py'``;
        sorted, with slashes. What lies in a ``_base_`` is no config by itself.
    """
    root = osp.dirname(config_path('cmb_k2hpd.py'))
    found = []
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = [s for s in subfolders if not s.startswith(('_', '.'))]
        found += [
            osp.relpath(osp.join(folder, file), root).replace(os.sep, '/')
            for file in files
            if file.endswith('.py')
        ]
    return sorted(found)


def find_config(name_or_path: Union[str, 'os.PathLike[str]'], files: bool = True) -> str:
    """Find a config by its path, or by its name in this project.

    Args:
        name_or_path (str): The path of a file; or the name of one of this
            project's configs, with or without ``.py``, with or without its
            folder: ``'cmb_k2hpd'``, ``'ablations/conv_gru.py'``,
            ``'conv_gru'``. A file goes before a name.
        files (bool): Whether it may be the path of a file. Defaults to True.

    Returns:
        str: The path, as it was given if there is such a file.

    Raises:
        FileNotFoundError: If there is neither, with the names that are near;
            or if the name is that of several.
    """
    given = os.fspath(name_or_path)
    if files and osp.isfile(given):
        return given
    if osp.isfile(config_path(given)):
        return config_path(given)
    names = config_names()
    wanted = given.replace('\\', '/')
    wanted = wanted[len('configs/') :] if wanted.startswith('configs/') else wanted
    wanted = wanted[: -len('.py')] if wanted.endswith('.py') else wanted
    found = [n for n in names if f'/{n[:-3]}'.endswith(f'/{wanted}')]
    if f'{wanted}.py' in found:
        found = [f'{wanted}.py']
    if len(found) == 1:
        return config_path(found[0])
    if found:
        raise FileNotFoundError(f'{given}: several configs have this name: {", ".join(found)}')
    stems = {n.rpartition('/')[-1][:-3]: n[:-3] for n in names}
    near = difflib.get_close_matches(wanted.rpartition('/')[-1], stems, 5, 0.5)
    known = [stems[stem] for stem in near] or [n[:-3] for n in names]
    raise FileNotFoundError(
        f'{given}: {"no such file, and " if files else ""}no config of '
        'that name in this project; '
        f'{"near it are" if near else "there are"} {", ".join(known)}'
    )
