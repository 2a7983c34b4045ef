"""Hooks of mmpose_cmb."""
