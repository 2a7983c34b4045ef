"""Packaging of mmpose_cmb, with the ``.mim`` folder that ``mim`` looks for."""
import os
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
PACKAGE = 'mmpose_cmb'
MIM_FILES = ('configs', 'tools', 'model-index.yml')


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
                link.symlink_to(os.path.relpath(ROOT / name, target))

    @staticmethod
    def _copy(target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in MIM_FILES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(
                    source,
                    target / name,
                    ignore=shutil.ignore_patterns('__pycache__'))
            else:
                shutil.copy2(source, target / name)


def read_version() -> str:
    namespace = {}
    exec((ROOT / PACKAGE / 'version.py').read_text(), namespace)
    return namespace['__version__']


def read_requirements(name: str) -> list:
    lines = (ROOT / 'requirements' / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith('#')]


setup(
    name=PACKAGE,
    version=read_version(),
    description='Convolutional memory blocks for pose estimation in depth '
    'images, as a plugin for MMPose',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.8',
    packages=find_packages(include=(PACKAGE, f'{PACKAGE}.*')),
    # The stack (mminstall.txt) is checked at import and never changed by
    # installing this package: a wrong pin here would break an environment.
    install_requires=[],
    extras_require={
        name: read_requirements(f'{name}.txt')
        for name in ('deploy', 'live', 'rerun', 'runtime', 'study',
                     'synthesis', 'tests')
    },
    cmdclass={'build_py': BuildWithMim},
    zip_safe=False)
