"""Transforms of mmpose_cmb."""
