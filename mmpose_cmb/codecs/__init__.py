"""Codecs: what the network is trained to predict, and how it is read."""

from .depth_heatmap import DepthHeatmap

__all__ = ['DepthHeatmap']
