"""Heads."""

from .hourglass_box_head import HourglassBoxHead
from .hourglass_fully_connected_head import HourglassFullyConnectedHead
from .hourglass_heatmap_head import HourglassHeatmapHead
from .hourglass_lift_head import HourglassLiftHead

__all__ = [
    'HourglassBoxHead',
    'HourglassFullyConnectedHead',
    'HourglassHeatmapHead',
    'HourglassLiftHead',
]
