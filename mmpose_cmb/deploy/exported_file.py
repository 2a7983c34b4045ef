"""Metadata in and out of exported files: ONNX and TorchScript."""
import json
import os.path as osp
from typing import Optional

import torch

from .metadata import METADATA_KEY, to_json


def write_metadata(path: str, metadata: dict) -> None:
    """Put metadata into a file, in place.

    Args:
        path (str): ``.onnx``, or ``.pt`` of TorchScript.
        metadata (dict): See :func:`metadata_from_config`.
    """
    if osp.splitext(path)[1] == '.onnx':
        import onnx
        model = onnx.load(path)
        onnx.helper.set_model_props(model, {METADATA_KEY: to_json(metadata)})
        onnx.save(model, path)
    else:
        model = torch.jit.load(path, map_location='cpu')
        torch.jit.save(model, path, {METADATA_KEY: to_json(metadata)})


def read_metadata(path: str) -> Optional[dict]:
    """The metadata of a file; None where it has none, as a TensorRT engine.

    Args:
        path (str): The exported file.

    Raises:
        FileNotFoundError: If it is missing.
        ValueError: If it cannot be read.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such exported model')
    suffix = osp.splitext(path)[1]
    text = ''
    try:
        if suffix == '.onnx':
            import onnx
            stored = onnx.load(path, load_external_data=False).metadata_props
            text = {prop.key: prop.value for prop in stored}.get(
                METADATA_KEY, '')
        elif suffix == '.pt':
            found = {METADATA_KEY: ''}
            torch.jit.load(path, map_location='cpu', _extra_files=found)
            text = found[METADATA_KEY]
        return json.loads(text) if text else None
    except Exception as error:
        # The parsers raise errors of their own.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(f'{path}: not an exported model that can be read '
                         f'({reason[0]})') from error
