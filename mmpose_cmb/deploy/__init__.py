"""Models as files: ONNX, TorchScript and, through MMDeploy, TensorRT.

MMDeploy's configs name this package (``codebase_config.module``); importing
it registers the task. Where MMDeploy is not installed nothing is registered,
and ``onnx_export`` works.
"""
from importlib.util import find_spec

from .exported_network import ExportedNetwork
from .metadata import metadata_from_config
from .onnx_export import export_onnx

if find_spec('mmdeploy'):
    from . import pose_task, rewrites  # noqa: F401

__all__ = ['ExportedNetwork', 'export_onnx', 'metadata_from_config']
