"""Models as files: ONNX, TorchScript and, through MMDeploy, TensorRT.

MMDeploy's configs name this package (``codebase_config.module``); importing
it registers the task. Where MMDeploy is not installed nothing is registered,
and the export to ONNX and TorchScript works.
"""

from importlib.util import find_spec

from ..apis.detector_spec_of_config import detector_spec_of_config
from ..apis.model_spec_of_config import spec_of_config
from .export import export_onnx, export_torchscript

if find_spec('mmdeploy'):
    from . import pose_task  # noqa: F401

__all__ = ['detector_spec_of_config', 'export_onnx', 'export_torchscript', 'spec_of_config']
