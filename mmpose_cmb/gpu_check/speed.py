"""Latency from frame to skeletons, and the share of the convolutions' peak."""

import time
from typing import Tuple

import torch
from torch import nn

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)

from ..analysis import count_multiply_adds
from ..apis import DepthPoseInferencer
from ..benchmarking.backends import torch_runner
from ..benchmarking.networks import OURS, BareNetwork, build_model
from ..benchmarking.rounds import seconds_of
from ..benchmarking.whole_frames import time_whole_frames
from ..models.folding import fold_for_inference
from ..runtime import DepthPoseRuntime
from .exported import require_provider

ONNX_RUNTIME, PYTORCH = 'ONNX Runtime', 'PyTorch'


def check_latency(way: str, device: str = 'cuda', rounds: int = 100) -> str:
    """Time whole frames to everybody's skeletons with the networks that ship.

    Args:
        way (str): 'ONNX Runtime', which runs both networks on the device, or
            'PyTorch', beside which people are found on the CPU.
        device (str): 'cuda' or 'cpu'.
        rounds (int): Frames of each kind.

    Raises:
        CannotRun: If ONNX Runtime has no provider for the device.
    """
    if way == PYTORCH:
        predictor = DepthPoseInferencer(device=device).predictor
    else:
        require_provider(device)
        predictor = DepthPoseRuntime(provider=device)
    return '; '.join(f'{what} {ms:.1f} ms' for what, ms in time_whole_frames(predictor, rounds))


def check_convolutions(
    precision: str,
    device: str = 'cuda',
    size: int = 192,
    batch_size: int = 64,
    peak_shape: Tuple[int, int, int] = (64, 512, 64),
    rounds: int = 20,
) -> str:
    """How much of what the device's convolutions can do the paper's network uses.

    Args:
        precision (str): 'float32' (on a GPU with products rounded to 10 bits,
            PyTorch's default) or 'float16'.
        device (str): Where.
        size (int): Height and width of the network's input in pixels.
        batch_size (int): Crops.
        peak_shape (tuple): Images, channels and height of the feature maps of
            one 3x3 convolution, whose speed is the peak.
        rounds (int): Timed calls.
    """
    torch.backends.cudnn.benchmark = True
    dtype = getattr(torch, precision)
    images, channels, side = peak_shape
    convolution = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
    multiply_adds = count_multiply_adds(convolution, (channels, side, side))
    peak = multiply_adds * _per_second(convolution, dtype, device, channels, side, images, rounds)

    network = BareNetwork(fold_for_inference(build_model(OURS, size)))
    multiply_adds = count_multiply_adds(network, (1, size, size))
    crops = _per_second(network, dtype, device, 1, size, batch_size, rounds)
    used = multiply_adds * crops
    return (
        f"peak {2 * peak / 1e12:.3g} TFLOPS; the paper's network, {size}x{size} in batches of "
        f'{batch_size}: {crops:.0f} crops/s, {2 * used / 1e12:.3g} TFLOPS, '
        f'{100 * used / peak:.0f} % of the peak'
    )


def _per_second(module, dtype, device, channels, size, batch_size, rounds) -> float:
    """Images that a module takes in a second, channels last."""
    module = module.to(device, dtype, memory_format=torch.channels_last).eval()
    run = torch_runner(module, size, batch_size, device, channels, dtype)
    for _ in range(3):
        run()
    return batch_size / seconds_of(run, rounds, time.perf_counter)
