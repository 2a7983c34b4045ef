"""Convolutional Memory Blocks for pose estimation in depth images.

Importing the package costs nothing and registers nothing. Configs name
``mmpose_cmb.register`` in their ``custom_imports``, which makes its components
known to MMPose; ``mmpose_cmb.runtime``, ``mmpose_cmb.live`` and
``mmpose_cmb.depth`` need neither torch nor MMPose.
"""

from .compat import prepare_imports
from .paths import config_path  # noqa: F401
from .version import __version__  # noqa: F401

prepare_imports()
