"""The network: blocks, encoder and head."""

from .backbones import CMBNet, DepthStem
from .blocks import (
    ConvController,
    ConvGRUBlock,
    ConvLSTMBlock,
    ConvMemoryBlock,
    DuplicatedInputBlock,
    OptimizedMemoryBlock,
    recall_similar,
)
from .heads import HourglassFullyConnectedHead, HourglassHeatmapHead, HourglassLiftHead
from .necks import CMBNeck

__all__ = [
    'CMBNeck',
    'CMBNet',
    'ConvController',
    'ConvGRUBlock',
    'ConvLSTMBlock',
    'ConvMemoryBlock',
    'DepthStem',
    'DuplicatedInputBlock',
    'HourglassFullyConnectedHead',
    'HourglassHeatmapHead',
    'HourglassLiftHead',
    'OptimizedMemoryBlock',
    'recall_similar',
]
