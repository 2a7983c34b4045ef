"""What a run was done with: machine and versions."""

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Dict

import mmengine
import torch

from mmpose_cmb.version import __version__


def describe_machine() -> Dict[str, object]:
    """Processor, accelerator, system and versions."""
    try:
        processor = re.search('model name.*: (.*)', Path('/proc/cpuinfo').read_text()).group(1)
    except (OSError, AttributeError):
        processor = platform.processor()
    # The commit of a source tree; nothing where there is none.
    revision = subprocess.run(
        f'git -C "{Path(__file__).parent}" rev-parse --short HEAD',
        shell=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    return dict(
        device=torch.cuda.get_device_name() if torch.cuda.is_available() else 'CPU',
        processor=f'{processor}, {os.cpu_count()} cores',
        threads=torch.get_num_threads(),
        system=f'{platform.system()} {platform.machine()}',
        python=platform.python_version(),
        mmpose_cmb=f'{__version__} {revision}'.strip(),
        torch=torch.__version__,
        mmengine=mmengine.__version__,
    )
