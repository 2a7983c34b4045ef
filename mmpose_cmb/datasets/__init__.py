"""Datasets of mmpose_cmb."""

from .datasets import *  # noqa: F403
from .samplers import *  # noqa: F403
from .transforms import *  # noqa: F403
