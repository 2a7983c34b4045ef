from .functional import head_pck, pdj
from .metrics import HeadPCKAccuracy, PDJAccuracy

__all__ = ['HeadPCKAccuracy', 'PDJAccuracy', 'head_pck', 'pdj']
