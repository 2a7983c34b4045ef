from .head_pck_accuracy import HeadPCKAccuracy
from .pdj_accuracy import PDJAccuracy

__all__ = ['HeadPCKAccuracy', 'PDJAccuracy']
