"""Exported models without PyTorch: numpy, onnxruntime and opencv alone."""
from .depth_pose_runtime import DepthPoseRuntime
from .model_description import ModelDescription, SkeletonDescription

__all__ = ['DepthPoseRuntime', 'ModelDescription', 'SkeletonDescription']
