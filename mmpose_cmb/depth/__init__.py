"""Depth frames as arrays: reading, finding the person, cropping, lifting.

Nothing here needs torch or MMPose, so that ``mmpose_cmb.runtime`` runs
without them.
"""
