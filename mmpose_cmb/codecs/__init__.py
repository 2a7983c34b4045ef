"""Codecs: what the network is trained to predict, and how it is read."""

from .box_heatmap import BoxHeatmap
from .depth_heatmap import DepthHeatmap

__all__ = ['BoxHeatmap', 'DepthHeatmap']
