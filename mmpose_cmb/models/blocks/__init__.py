"""Building blocks: the memory block, its parts, and what to compare it to."""

from .conv_controller import ConvController
from .conv_gru_block import ConvGRUBlock
from .conv_lstm_block import ConvLSTMBlock
from .conv_memory_block import ConvMemoryBlock
from .duplicated_input_block import DuplicatedInputBlock
from .memory_recall import recall_similar
from .optimized_memory_block import OptimizedMemoryBlock
from .recurrent_block import RecurrentBlock

__all__ = [
    'ConvController',
    'ConvGRUBlock',
    'ConvLSTMBlock',
    'ConvMemoryBlock',
    'DuplicatedInputBlock',
    'OptimizedMemoryBlock',
    'RecurrentBlock',
    'recall_similar',
]
