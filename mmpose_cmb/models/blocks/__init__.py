"""Building blocks: the memory block and its parts."""
from .conv_controller import ConvController
from .conv_memory_block import ConvMemoryBlock
from .memory_recall import recall_similar

__all__ = ['ConvController', 'ConvMemoryBlock', 'recall_similar']
