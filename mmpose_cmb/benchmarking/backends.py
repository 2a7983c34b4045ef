"""Ways to run a network: PyTorch, compiled, ONNX Runtime, OpenVINO, folded or not."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

import numpy as np
import torch
from torch import nn

from ..io import whole_file
from ..models.folding import fold_for_inference
from ..pose.onnx_graph import NOT_LOADED, PROVIDERS, check_provider
from ..pose.openvino_graph import CompiledGraph, read_graph
from .networks import OURS, BareNetwork, NetworkFigures, build_model, figures_of
from .peak_memory import with_peak_memory
from .rounds import Cell

# ``plainly``: folded as for PyTorch, without rows in pairs.
BACKENDS = (
    'eager',
    'folded',
    'compiled',
    'onnxruntime',
    'onnxruntime-folded',
    'onnxruntime-plainly-folded',
    'openvino',
    'openvino-folded',
    'openvino-bfloat16',
    'openvino-bfloat16-folded',
    'openvino-bfloat16-plainly-folded',
    'openvino-int8',
    'openvino-int8-plainly-folded',
)
Run = Callable[[], None]


@dataclass
class Measured:
    """What was found of one network, run in one way, at one input size.

    Args:
        cell (Cell): With a batch of 1.
        figures (NetworkFigures): Counts.
        file_bytes (int): Of the exported graph, or of the weights.
        peak_bytes (int, optional): Memory for the weights and one crop.
    """

    cell: Cell
    figures: NetworkFigures
    file_bytes: int
    peak_bytes: Optional[int]


def can_run(name: str, backend: str) -> bool:
    """Whether a network is run in some way.

    Folding knows this package's network alone. Compiling takes minutes a
    network, and is done for the whole network of this package.

    Args:
        name (str): One of ``CONFIGS``.
        backend (str): One of ``BACKENDS``.
    """
    if backend == 'compiled':
        return name == OURS
    # OpenVINO cannot read HRNet's quantised file.
    if 'int8' in backend:
        return name.startswith(OURS)
    return not backend.endswith('folded') or name.startswith(OURS)


def bare_network(model: nn.Module, backend: str) -> BareNetwork:
    """The network as a way to run it needs it; folded, too, to be compiled.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` in evaluation mode.
        backend (str): One of ``BACKENDS``.
    """
    if backend in ('folded', 'compiled') or backend.endswith('plainly-folded'):
        model = fold_for_inference(model)
    elif backend.endswith('folded'):
        model = fold_for_inference(model, 'onnxruntime')
    return BareNetwork(model)


def size_on_disk(network: nn.Module) -> int:
    """Bytes of a file of the weights."""
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    return file.tell()


def torch_runner(
    network: nn.Module,
    size: int,
    batch: int,
    device: str,
    channels: int = 1,
    dtype: torch.dtype = torch.float32,
) -> Run:
    """Calls a network on random crops and waits for the result."""
    crops = torch.rand(batch, channels, size, size, device=device).to(dtype)

    def run() -> None:
        with torch.inference_mode():
            network(crops)
        if device.startswith('cuda'):
            torch.cuda.synchronize()

    return run


def export_network(network: nn.Module, size: int, batch: int, path: Path) -> Path:
    """Write a network as ONNX for one batch size.

    Args:
        network (nn.Module): A :class:`BareNetwork`.
        size (int): Height and width of the input in pixels.
        batch (int): Crops in a batch.
        path (Path): The file; written aside, then renamed.
    """
    crops = next(network.parameters()).new_zeros(batch, 1, size, size)
    with whole_file(path) as aside, warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            network, (crops,), aside, dynamo=False, opset_version=17, input_names=['input']
        )
    return path


def onnx_runner(
    path: Path, size: int, batch: int, device: str, threads: Optional[int] = None
) -> Run:
    """Calls an exported network on random crops.

    Args:
        path (Path): Its file.
        size (int): Height and width of the input in pixels.
        batch (int): Crops in a batch.
        device (str): ``'cpu'`` or ``'cuda'``.
        threads (int, optional): Defaults to None: one a core.

    Raises:
        ValueError: If ONNX Runtime cannot use the device.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if threads:
        options.intra_op_num_threads = threads
    # A session's idle threads must not take time from the next network's.
    options.add_session_config_entry('session.force_spinning_stop', '1')
    provider = 'cuda' if device.startswith('cuda') else 'cpu'
    check_provider(provider, onnxruntime.get_available_providers())
    names = list(PROVIDERS[provider].names)
    session = onnxruntime.InferenceSession(str(path), options, providers=names)
    check_provider(provider, session.get_providers(), NOT_LOADED)
    crops = np.random.default_rng(0).random((batch, 1, size, size), dtype=np.float32)

    def run() -> None:
        session.run(None, {'input': crops})

    return run


def openvino_runner(
    path: Path, size: int, batch: int, precision: str, threads: Optional[int] = None
) -> Run:
    """Calls an exported network on random crops, one after the other.

    Args:
        path (Path): Its file.
        size (int): Height and width of the input in pixels.
        batch (int): Crops in a batch.
        precision (str): 'float32' or 'bfloat16'; of a quantised file that of
            what is not quantised.
        threads (int, optional): Defaults to None: one a core.
    """
    model = read_graph(str(path))
    outputs = [output.any_name for output in model.outputs]
    graph = CompiledGraph(model, outputs, threads or torch.get_num_threads(), precision)
    crops = np.random.default_rng(0).random((batch, 1, 1, size, size), dtype=np.float32)

    def run() -> None:
        for crop in crops:
            graph(crop)

    return run


def quantise(path: Path, size: int) -> Path:
    """A copy of a file with convolutions in 8-bit integers.

    Static, a scale for each channel of the weights. Calibrated on random
    crops: what is timed does not hang on it, accuracy would.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    class RandomCrops(CalibrationDataReader):
        def __init__(self) -> None:
            self._left = list(
                np.random.default_rng(1).random((8, 1, 1, size, size), dtype=np.float32)
            )

        def get_next(self) -> Optional[dict]:
            return {'input': self._left.pop()} if self._left else None

    quantised = path.with_name(f'{path.stem}_int8.onnx')
    quantize_static(
        str(path),
        str(quantised),
        RandomCrops(),
        per_channel=True,
        op_types_to_quantize=['Conv', 'Add', 'Relu', 'MaxPool'],
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    return quantised


def prepare(
    cell: Cell, batch: int, device: str, threads: Optional[int], folder: Path
) -> Tuple[Dict[Cell, Run], Measured]:
    """Build a network and make it ready to be timed.

    Args:
        cell (Cell): Which network, how to run it, and the input size.
        batch (int): Crops in the batch of the throughput.
        device (str): ``'cpu'`` or ``'cuda'``.
        threads (int, optional): Of ONNX Runtime.
        folder (Path): For exported files.

    Returns:
        tuple: What to call for batches of 1 and ``batch``, warm; and what
        was found on the way.
    """
    model = build_model(cell.network, cell.size)
    network = bare_network(model, cell.backend)
    figures = figures_of(model, network, cell.size)
    if cell.backend.startswith(('onnx', 'openvino')):
        return _prepare_onnx(network, cell, batch, device, threads, folder, figures)
    return _prepare_torch(network, cell, batch, device, figures)


def _prepare_onnx(network, cell, batch, device, threads, folder, figures):
    runners = {}
    of_openvino = cell.backend.startswith('openvino')
    precision = 'bfloat16' if 'bfloat16' in cell.backend else 'float32'
    for count in sorted({batch, 1}, reverse=True):
        # OpenVINO runs crops one by one, from a file for one.
        name = f'{cell.network}_{cell.backend}_{cell.size}px_batch{count}'
        of_file = 1 if of_openvino else count
        path = export_network(network, cell.size, of_file, folder / f'{name}.onnx')
        if 'int8' in cell.backend:
            path = quantise(path, cell.size)

        def load_and_run(path=path, count=count) -> Run:
            if of_openvino:
                run = openvino_runner(path, cell.size, count, precision, threads)
            else:
                run = onnx_runner(path, cell.size, count, device, threads)
            run()
            return run

        runners[cell._replace(batch=count)], peak = with_peak_memory(load_and_run)
    # Of a GPU's memory ONNX Runtime does not tell.
    peak = peak if device == 'cpu' else None
    return runners, Measured(cell, figures, path.stat().st_size, peak)


def _prepare_torch(network, cell, batch, device, figures):
    file_bytes = size_on_disk(network)
    network.to(device)
    if cell.backend == 'compiled':
        # On a GPU as one CUDA graph.
        network.compile(mode='default' if device == 'cpu' else 'reduce-overhead', dynamic=False)
    runners = {}
    for count in sorted({batch, 1}, reverse=True):
        run = torch_runner(network, cell.size, count, device)
        run()
        runners[cell._replace(batch=count)] = run
    _, added = with_peak_memory(run, device)
    peak = None if added is None else added + file_bytes
    return runners, Measured(cell, figures, file_bytes, peak)
