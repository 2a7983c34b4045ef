"""Convolutional Memory Blocks for pose estimation in depth images.

Importing the package registers its components with MMPose's registries, so
that configs which carry ``custom_imports = dict(imports=['mmpose_cmb'])`` run
with MMPose's own tools. Where torch or MMPose are not installed nothing is
registered, and ``mmpose_cmb.runtime`` and ``mmpose_cmb.depth`` work.
"""
from importlib.util import find_spec

from .version import __version__  # noqa: F401

if find_spec('torch') and find_spec('mmpose'):
    from . import compat

    compat.apply()

    from . import (apis, codecs, datasets, engine,  # noqa: F401
                   evaluation, models, visualization)
    from .datasets.dataset_info import config_path  # noqa: F401
