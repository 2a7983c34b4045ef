"""Backbones."""
from .cmb_net import CMBNet

__all__ = ['CMBNet']
