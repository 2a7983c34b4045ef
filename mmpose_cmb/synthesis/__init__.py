"""Synthesis of mmpose_cmb."""
