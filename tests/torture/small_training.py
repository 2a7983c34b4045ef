"""A synthetic data set and a training that take seconds."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / 'tools'
ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS='1', PYTHONWARNINGS='ignore')
SMALL_NETWORK = """
model = dict(
    backbone=dict(
        stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""


def synthesize(root: Path, *arguments: Any) -> None:
    """Make 32 training and 8 test frames in K2HPD's format.

    Args:
        root (Path): Folder of the data set.
        *arguments: Others of ``tools/synthesize.py``.
    """
    options = f'--layout k2hpd --train 32 --test 8 --workers 1 --out-dir {root}'.split()
    tool = [sys.executable, str(TOOLS / 'synthesize.py'), *options, *map(str, arguments)]
    subprocess.run(tool, check=True, capture_output=True, env=ENVIRONMENT)


def write_small_config(path: Path, root: Path, extra: str = '') -> Path:
    """Write a config that inherits the demo's.

    Args:
        path (Path): The config.
        root (Path): Of the data set, see :func:`synthesize`.
        extra (str): Lines at its end.
    """
    base = REPOSITORY / 'configs' / 'cmb_k2hpd_demo.py'
    path.write_text(
        f'_base_ = {str(base)!r}\n{SMALL_NETWORK}\n'
        f'root = {str(root)!r}\n'
        'train_dataloader = dict(dataset=dict(data_root=root))\n'
        'val_dataloader = dict(dataset=dict(data_root=root))\n'
        f'test_dataloader = val_dataloader\n{extra}\n'
    )
    return path
