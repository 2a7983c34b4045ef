"""The network: blocks, encoder and head."""
from .backbones import CMBNet
from .blocks import ConvController, ConvMemoryBlock, recall_similar
from .heads import (HourglassFullyConnectedHead, HourglassHeatmapHead,
                    HourglassLiftHead)

__all__ = [
    'CMBNet', 'ConvController', 'ConvMemoryBlock',
    'HourglassFullyConnectedHead', 'HourglassHeatmapHead', 'HourglassLiftHead',
    'recall_similar'
]
