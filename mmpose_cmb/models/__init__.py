"""The network: blocks, encoder and head."""
from .backbones import CMBNet
from .blocks import ConvController, ConvMemoryBlock, recall_similar
from .heads import HourglassHeatmapHead

__all__ = [
    'CMBNet', 'ConvController', 'ConvMemoryBlock', 'HourglassHeatmapHead',
    'recall_similar'
]
