"""The former names of :mod:`mmpose_cmb.io`."""
from ..io import write_bytes as write_whole

__all__ = ['write_whole']
