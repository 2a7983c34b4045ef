"""Backbones of mmpose_cmb."""
