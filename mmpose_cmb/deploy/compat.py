"""Work-arounds for MMDeploy 1.3.1 on today's PyTorch, all in one place.

Each states its cause and when it can go. mmcv-lite is dealt with in
``mmpose_cmb/compat.py``: MMDeploy's MMPose codebase imports mmdet's rewrites
and, with them, ``mmcv.ops``.
"""
from contextlib import contextmanager
from functools import partial
from inspect import signature
from typing import Iterator

import torch


@contextmanager
def tracing_onnx_exporter() -> Iterator[None]:
    """Let MMDeploy export by tracing.

    Cause: since torch 2.9 ``torch.onnx.export`` goes by ``torch.export``
    unless told ``dynamo=False``, which MMDeploy 1.3.1 does not know; its
    rewrites are made for tracing. While this context lasts that is the
    argument's default.

    Does nothing where torch has no such argument. Can go when MMDeploy passes
    it.
    """
    original = torch.onnx.export
    if 'dynamo' not in signature(original).parameters:
        yield
        return
    torch.onnx.export = partial(original, dynamo=False)
    try:
        yield
    finally:
        torch.onnx.export = original
