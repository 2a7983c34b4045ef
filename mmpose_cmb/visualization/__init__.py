"""Visualization of mmpose_cmb."""
