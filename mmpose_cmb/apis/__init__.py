"""Inference with a config and a checkpoint."""

from .depth_pose_inferencer import DepthPoseInferencer

__all__ = ['DepthPoseInferencer']
