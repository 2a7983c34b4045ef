"""Necks: what lies between a backbone and a head."""

from .cmb_neck import CMBNeck

__all__ = ['CMBNeck']
