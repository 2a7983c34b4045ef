"""Looking at networks: what they cost, and what their memory does."""

from .block_maps import BlockMaps, record_blocks
from .complexity import Complexity, count_multiply_adds, measure_complexity
from .memory_picture import draw_block_maps
from .memory_study import MemoryStudy
from .silhouette import crop_mask, person_mask, synthetic_body_mask
from .silhouette_response import SilhouetteResponse, silhouette_response

__all__ = [
    'BlockMaps',
    'Complexity',
    'MemoryStudy',
    'SilhouetteResponse',
    'count_multiply_adds',
    'crop_mask',
    'draw_block_maps',
    'measure_complexity',
    'person_mask',
    'record_blocks',
    'silhouette_response',
    'synthetic_body_mask',
]
