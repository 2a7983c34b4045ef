"""Engine of mmpose_cmb."""
