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
from .heads import (
    HourglassBoxHead,
    HourglassFullyConnectedHead,
    HourglassHeatmapHead,
    HourglassLiftHead,
)
from .necks import CMBNeck
from .person_box_estimator import PersonBoxEstimator

__all__ = [
    'CMBNeck',
    'CMBNet',
    'ConvController',
    'ConvGRUBlock',
    'ConvLSTMBlock',
    'ConvMemoryBlock',
    'DepthStem',
    'DuplicatedInputBlock',
    'HourglassBoxHead',
    'HourglassFullyConnectedHead',
    'HourglassHeatmapHead',
    'HourglassLiftHead',
    'OptimizedMemoryBlock',
    'PersonBoxEstimator',
    'recall_similar',
]
