"""Metrics of mmpose_cmb."""
