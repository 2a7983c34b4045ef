"""Puts the ``.mim`` folder that ``mim`` looks for into the package.

All else that packaging needs is in ``pyproject.toml``.
"""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PACKAGE = 'mmpose_cmb'
MIM_FILES = ('configs', 'tools', 'projects/zoo', 'model-index.yml')


class BuildWithMim(build_py):
    """Put configs and tools under ``<package>/.mim``.

    An editable install gets links, so that edits are seen; a wheel gets
    copies. Doing it in ``build_py`` covers PEP 660, where the usual look at
    ``sys.argv`` sees nothing.
    """

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            self._link(ROOT / PACKAGE / '.mim')
        else:
            self._copy(Path(self.build_lib) / PACKAGE / '.mim')

    @staticmethod
    def _link(target: Path) -> None:
        target.mkdir(exist_ok=True)
        for name in MIM_FILES:
            link = target / name
            if not link.is_symlink():
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(os.path.relpath(ROOT / name, link.parent))

    @staticmethod
    def _copy(target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in MIM_FILES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(
                    source, target / name, ignore=shutil.ignore_patterns('__pycache__')
                )
            else:
                shutil.copy2(source, target / name)


setup(cmdclass={'build_py': BuildWithMim})
