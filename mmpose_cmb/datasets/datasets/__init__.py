"""Datasets of mmpose_cmb."""
