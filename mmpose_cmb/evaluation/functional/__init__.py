"""Functional of mmpose_cmb."""
