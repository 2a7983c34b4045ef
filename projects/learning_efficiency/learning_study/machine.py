"""What a run was done with: machine and versions."""
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Dict

import torch

from mmpose_cmb.version import __version__

PACKAGES = ('torch', 'mmengine', 'mmpose', 'numpy', 'anny', 'warp-lang')


def describe_machine() -> Dict[str, str]:
    """Processor, accelerator, system and versions, in words."""
    machine = dict(
        processor=f'{_processor()}, {os.cpu_count()} cores',
        device=torch.cuda.get_device_name(0)
        if torch.cuda.is_available() else 'CPU',
        system=f'{platform.system()} {platform.machine()}',
        python=platform.python_version(),
        mmpose_cmb=__version__ + _revision())
    for name in PACKAGES:
        try:
            machine[name] = version(name)
        except PackageNotFoundError:
            continue
    return machine


def _processor() -> str:
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [
        line.partition(':')[2].strip() for line in lines
        if line.startswith('model name')
    ]
    return names[0] if names else platform.machine()


def _revision() -> str:
    """The commit of a source tree, such as `` (1a2b3c4)``."""
    result = subprocess.run(
        ['git', 'rev-parse', '--short', 'HEAD'],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False) if _has_git() else None
    if result is None or result.returncode:
        return ''
    return f' ({result.stdout.strip()})'


def _has_git() -> bool:
    return any((folder / '.git').exists()
               for folder in Path(__file__).resolve().parents)
