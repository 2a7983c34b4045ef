"""Evaluation of mmpose_cmb."""
