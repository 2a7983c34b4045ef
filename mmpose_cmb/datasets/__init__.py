"""Datasets of mmpose_cmb."""
from .datasets import *  # noqa: F401, F403
from .samplers import *  # noqa: F401, F403
from .transforms import *  # noqa: F401, F403
