"""Metadata in and out of exported files: ONNX and TorchScript."""

import os.path as osp
from typing import Optional, Union

import torch

from ..pose.detector_spec import DetectorSpec
from ..pose.file_metadata import METADATA_KEY
from ..pose.model_spec import ModelSpec, parse_spec


def write_spec(path: str, spec: Union[ModelSpec, DetectorSpec]) -> None:
    """Put a specification into a file, in place.

    Args:
        path (str): ``.onnx``, or ``.pt`` of TorchScript.
        spec (ModelSpec or DetectorSpec): What the file takes and gives.
    """
    if osp.splitext(path)[1] == '.onnx':
        import onnx

        model = onnx.load(path)
        onnx.helper.set_model_props(model, {METADATA_KEY: spec.to_json()})
        onnx.save(model, path)
    else:
        model = torch.jit.load(path, map_location='cpu')
        torch.jit.save(model, path, {METADATA_KEY: spec.to_json()})


def read_spec(path: str) -> Optional[ModelSpec]:
    """What a file says of itself; None for a TensorRT engine, which cannot.

    Args:
        path (str): The exported file.

    Raises:
        FileNotFoundError: If it is missing.
        ValueError: If it cannot be read, or says nothing.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such exported model')
    suffix = osp.splitext(path)[1]
    try:
        if suffix == '.onnx':
            import onnx

            stored = onnx.load(path, load_external_data=False).metadata_props
            text = {prop.key: prop.value for prop in stored}.get(METADATA_KEY)
        elif suffix == '.pt':
            found = {METADATA_KEY: ''}
            torch.jit.load(path, map_location='cpu', _extra_files=found)
            text = found[METADATA_KEY] or None
        else:
            return None
    except Exception as error:
        # The parsers raise errors of their own.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(
            f'{path}: not an exported model that can be read ({reason[0]})'
        ) from error
    if isinstance(text, bytes):
        text = text.decode('utf-8', 'replace')
    return parse_spec(text, path)
