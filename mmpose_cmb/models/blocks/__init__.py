"""Blocks of mmpose_cmb."""
