"""Exported models without PyTorch: numpy, onnxruntime and opencv alone."""

from .depth_pose_runtime import DepthPoseRuntime

__all__ = ['DepthPoseRuntime']
