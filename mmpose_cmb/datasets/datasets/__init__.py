"""Datasets of mmpose_cmb."""

from .astar_dataset import ASTARDataset
from .depth_coco_dataset import DepthCocoDataset
from .depth_dataset import DepthDataset
from .itop_dataset import ITOPDataset
from .k2hpd_dataset import K2HPDDataset
from .rooms_dataset import RoomsDataset
from .single_person_dataset import SinglePersonDataset

__all__ = [
    'ASTARDataset',
    'DepthCocoDataset',
    'DepthDataset',
    'ITOPDataset',
    'K2HPDDataset',
    'RoomsDataset',
    'SinglePersonDataset',
]
