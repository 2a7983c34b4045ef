"""Datasets of mmpose_cmb."""
from .k2hpd_dataset import K2HPDDataset

__all__ = ['K2HPDDataset']
