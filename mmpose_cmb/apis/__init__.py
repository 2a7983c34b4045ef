"""Inference with a config and a checkpoint."""

# First: it prepares the stack, for whoever imports this package alone.
from .. import register  # noqa: F401
from .depth_pose_inferencer import DepthPoseInferencer

__all__ = ['DepthPoseInferencer']
