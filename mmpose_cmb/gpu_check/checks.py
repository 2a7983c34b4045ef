"""Which checks there are, and whether this machine has a GPU for them."""

import platform
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import List, Optional

import torch

from . import exported, speed, synthesis, training, two_processes
from .outcome import Check

VERSIONS = ('torch', 'onnxruntime-gpu', 'onnxruntime', 'tensorrt', 'warp-lang', 'numpy')


def gpu_checks() -> List[Check]:
    """All checks, on the first GPU."""
    two = two_processes.check_two_processes
    return [
        *(
            Check(f'training steps, {way}', partial(training.check_training, way))
            for way in training.WAYS
        ),
        Check('memory of two processes, NCCL', partial(two, 'nccl', ('cuda:0', 'cuda:1'))),
        Check(
            'memory of two processes, Gloo, one GPU', partial(two, 'gloo', ('cuda:0', 'cuda:0'))
        ),
        Check('export to ONNX', exported.check_export),
        Check('ONNX Runtime, CUDA', partial(exported.check_provider, 'cuda')),
        Check('ONNX Runtime, TensorRT', partial(exported.check_provider, 'tensorrt')),
        Check('TensorRT, float32', partial(exported.check_tensorrt, False)),
        Check('TensorRT, float16', partial(exported.check_tensorrt, True)),
        Check('synthesiser, --device cuda', synthesis.check_synthesis),
        *(
            Check(f'whole frames, {way}', partial(speed.check_latency, way))
            for way in (speed.ONNX_RUNTIME, speed.PYTORCH)
        ),
        *(
            Check(f'convolutions, {precision}', partial(speed.check_convolutions, precision))
            for precision in ('float32', 'float16')
        ),
    ]


def why_no_gpu() -> Optional[str]:
    """Why PyTorch has no GPU here, and what to do; None where it has one."""
    if torch.cuda.is_available():
        return None
    if torch.version.cuda is None:
        return f'PyTorch {torch.__version__} is built without CUDA: make env TORCH=cuda'
    return f'PyTorch {torch.__version__} finds no GPU; nvidia-smi shows what the driver finds'


def machine() -> str:
    """The card and the versions of what the checks run, in a line."""
    said = [torch.cuda.get_device_name(0)] if torch.cuda.is_available() else []
    said += [f'Python {platform.python_version()}', f'CUDA {torch.version.cuda or "none"}']
    for name in VERSIONS:
        try:
            said.append(f'{name} {version(name)}')
        except PackageNotFoundError:
            continue
    return ', '.join(said)
