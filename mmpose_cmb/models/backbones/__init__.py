"""Backbones."""

from .cmb_net import CMBNet
from .depth_stem import DepthStem

__all__ = ['CMBNet', 'DepthStem']
