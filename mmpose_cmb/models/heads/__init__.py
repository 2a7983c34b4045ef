"""Heads of mmpose_cmb."""
