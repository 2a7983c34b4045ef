"""Heads."""
from .hourglass_heatmap_head import HourglassHeatmapHead

__all__ = ['HourglassHeatmapHead']
