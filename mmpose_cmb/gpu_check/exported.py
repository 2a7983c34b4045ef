"""The network that ships, exported, in ONNX Runtime and in TensorRT, beside the CPU's."""

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Callable, Sequence

import numpy as np
import onnxruntime
import torch

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)

from ..apis import DepthPoseInferencer
from ..benchmarking.whole_frames import timed
from ..deploy.export import export_onnx
from ..deploy.tensorrt_engine import TensorrtWrapper, build_engine, is_new_tensorrt
from ..models.folding import fold_for_inference
from ..models.joint_network import INPUT_NAME, JointNetwork
from ..pose.onnx_graph import PROVIDERS
from ..pose.onnx_network import OnnxNetwork
from ..shipped import shipped_network
from .outcome import CannotRun, CheckFailed

NEAR_PX = 0.5
LEAST_NEAR = 0.9
MOST_SCORE_OFF = 0.02
JOINTS = ('keypoints', 'scores')


def check_export(device: str = 'cuda', crops: int = 16) -> str:
    """Export a model from a device; the file gives that model's joints.

    Args:
        device (str): Of the model.
        crops (int): How many are looked at.

    Raises:
        CheckFailed: If joints differ.
    """
    inferencer = DepthPoseInferencer(device=device, detector='none')
    spec = inferencer.spec
    model = inferencer.model.eval()
    inputs = shapes_in_depth(crops)
    network = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
    with torch.no_grad():
        _, keypoints, scores, *_ = (
            values.cpu().numpy() for values in network(torch.from_numpy(inputs).to(device))
        )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / 'end2end.onnx')
        export_onnx(fold_for_inference(model, 'onnxruntime'), spec, path)
        found = OnnxNetwork(path)(inputs)
    return compare(found, (keypoints, scores))


def check_provider(provider: str, crops: int = 16) -> str:
    """A provider of ONNX Runtime gives the joints of its CPU provider.

    Args:
        provider (str): 'cpu', 'cuda' or 'tensorrt'.
        crops (int): How many are looked at, and timed one by one.

    Raises:
        CannotRun: If this ONNX Runtime was built without it.
        CheckFailed: If joints differ.
    """
    require_provider(provider)
    inputs = shapes_in_depth(crops)
    network = OnnxNetwork(shipped_network(), provider=provider)
    said = compare(network(inputs), OnnxNetwork(shipped_network())(inputs))
    return f'{said}; {one_by_one(network, inputs)}'


def require_provider(provider: str) -> None:
    """Refuse a provider that this ONNX Runtime was built without.

    Raises:
        CannotRun: With what to install.
    """
    wanted = PROVIDERS[provider]
    if wanted.names[0] not in onnxruntime.get_available_providers():
        raise CannotRun(f'ONNX Runtime has no {wanted.names[0]}: {wanted.needs}')


def check_tensorrt(half: bool, device: str = 'cuda', crops: int = 16) -> str:
    """An engine of TensorRT gives the joints of ONNX Runtime on the CPU.

    Args:
        half (bool): Build it in float16.
        device (str): Where the engine's crops are.
        crops (int): How many are looked at, and timed one by one.

    Raises:
        CannotRun: If TensorRT is missing, or older than 10.
        CheckFailed: If joints differ.
    """
    if find_spec('tensorrt') is None:
        raise CannotRun('TensorRT is not installed: pip install tensorrt')
    if not is_new_tensorrt():
        raise CannotRun('TensorRT is older than 10, which MMDeploy builds engines of')
    inputs = shapes_in_depth(crops)
    shapes = {
        name: [batch, *inputs.shape[1:]]
        for name, batch in dict(min_shape=1, opt_shape=1, max_shape=crops).items()
    }
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / 'end2end.engine')
        _, build_ms = timed(build_engine, shipped_network(), path, shapes, half)
        engine = TensorrtWrapper(path, JOINTS)

    def network(crops: np.ndarray) -> Sequence[np.ndarray]:
        outputs = engine({INPUT_NAME: torch.from_numpy(crops).to(device)})
        return [outputs[name].cpu().numpy() for name in JOINTS]

    said = compare(network(inputs), OnnxNetwork(shipped_network())(inputs))
    return f'{said}; {one_by_one(network, inputs)}; built in {build_ms / 1000:.0f} s'


def shapes_in_depth(number: int, size: int = 128) -> np.ndarray:
    """Normalised crops of overlapping rounded bodies before nothing.

    Args:
        number (int): How many.
        size (int): Height and width in pixels. Defaults to 128, the size of
            the network that ships.

    Returns:
        np.ndarray: float32 ``[N, 1, size, size]``; the background is 1.
    """
    rng = np.random.default_rng(0)
    y, x = np.indices((size, size)) * 128 / size
    crops = np.ones((number, 1, size, size), np.float32)
    for crop in crops[:, 0]:
        for _ in range(10):
            cx, cy, a, b = rng.uniform((25, 10, 6, 6), (70, 118, 16, 16))
            inside = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2
            crop[inside < 1] = 0.2 * inside[inside < 1] - 0.1
    return crops


def compare(found: Sequence[np.ndarray], expected: Sequence[np.ndarray]) -> str:
    """Say how far joints lie from those of the reference.

    In half precision a joint that does not stand out may be found elsewhere,
    so not all need be near.

    Args:
        found, expected (Sequence[np.ndarray]): Pixels ``[N, K, 2]`` and
            scores ``[N, K]`` first.

    Raises:
        CheckFailed: If too few joints or scores are those expected.
    """
    off_px = np.linalg.norm(found[0] - expected[0], axis=-1)
    near = np.mean(off_px <= NEAR_PX)
    score_off = float(np.median(np.abs(found[1] - expected[1])))
    said = (
        f'{100 * near:.1f} % of {off_px.size} joints within {NEAR_PX} px of the reference, '
        f'median {np.median(off_px):.2g} px, scores {score_off:.2g} off'
    )
    # A number that is none is not near, either.
    if not (near >= LEAST_NEAR and score_off <= MOST_SCORE_OFF):
        raise CheckFailed(said)
    return said


def one_by_one(network: Callable, inputs: np.ndarray) -> str:
    """``1.23 ms a crop``: the median, one crop at a time."""
    ms = [timed(network, crop[None])[1] for crop in (*inputs, *inputs)]
    return f'{np.median(ms[len(inputs) :]):.2f} ms a crop'
