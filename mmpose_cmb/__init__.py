"""Convolutional Memory Blocks for pose estimation in depth images.

Importing the package registers its components with MMPose's registries, so
that configs which carry ``custom_imports = dict(imports=['mmpose_cmb'])`` run
with MMPose's own tools.
"""
from . import compat

compat.apply()

from . import (codecs, datasets, engine, evaluation, models,  # noqa: E402
               visualization)
from .datasets.dataset_info import config_path  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = [
    '__version__', 'codecs', 'config_path', 'datasets', 'engine', 'evaluation',
    'models', 'visualization'
]
