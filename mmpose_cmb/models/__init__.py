"""Models of mmpose_cmb."""
