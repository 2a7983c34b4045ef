"""The network of an ONNX file, checked against what the file says of itself."""

import os.path as osp
from typing import List, NamedTuple, Optional, Sequence

import numpy as np
import onnxruntime

from ..cpu import cores_but_one
from .graph_ports import INPUT, Port, fixed_batch, needed_outputs
from .model_spec import METADATA_KEY, parse_spec

# Crops that run at once where the graph takes any number of them.
BATCH_SIZE = 16


class Provider(NamedTuple):
    """Who runs the graph inside ONNX Runtime.

    Attributes:
        names (tuple): ONNX Runtime's names: the wanted one, and those that
            take what it cannot.
        device (str): Where crops and joints are held.
        needs (str): What installs it.
    """

    names: tuple
    device: str
    needs: str


GPU_PACKAGE = 'pip install onnxruntime-gpu in place of onnxruntime'
CUDA = ('CUDAExecutionProvider', 'CPUExecutionProvider')
PROVIDERS = {
    'cpu': Provider(CUDA[1:], 'cpu', 'pip install onnxruntime'),
    'cuda': Provider(CUDA, 'cuda', GPU_PACKAGE),
    'tensorrt': Provider(
        ('TensorrtExecutionProvider', *CUDA), 'cuda', f'{GPU_PACKAGE}, and tensorrt'
    ),
}


class OnnxNetwork:
    """An exported network: from normalised crops to joints of the crop.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core but one, so that a camera, drawing
            and encoding have theirs.
        provider (str): One of :data:`PROVIDERS`. Defaults to 'cpu'.

    Attributes:
        spec (ModelSpec): The file's metadata.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no ONNX file, its metadata cannot be used, the
            graph does not fit them, or the provider is not there. Messages
            name the file, or what to install.
    """

    def __init__(self, path: str, threads: Optional[int] = None, provider: str = 'cpu') -> None:
        self.path = str(path)
        self._session = _open(self.path, threads, provider)
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.spec = parse_spec(metadata.get(METADATA_KEY), self.path)
        found = [output.name for output in self._session.get_outputs()]
        self._outputs = needed_outputs(self.path, self.spec, found)
        ports = [
            Port(node.name, node.type == 'tensor(float)', node.shape)
            for node in self._session.get_inputs()
        ]
        self._batch_size = fixed_batch(self.path, self.spec, ports) or BATCH_SIZE
        self._device = PROVIDERS[provider].device

    def __call__(self, crops: np.ndarray) -> Sequence[np.ndarray]:
        """Joints of the crops.

        Args:
            crops (np.ndarray): float32 ``[B, 1, H, W]``.

        Returns:
            Sequence[np.ndarray]: Pixels of the crop ``[B, K, 2]``, scores
            ``[B, K]`` and, from a network with joints in space, pixels and
            relative depth ``[B, K, 3]``.
        """
        size = self._batch_size
        run = self._run if self._device == 'cpu' else self._run_on_device
        parts = [run(crops[i : i + size]) for i in range(0, len(crops), size)]
        return [np.concatenate(part) for part in zip(*parts)]

    def _run(self, crops: np.ndarray) -> List[np.ndarray]:
        return self._session.run(self._outputs, {INPUT: crops})

    def _run_on_device(self, crops: np.ndarray) -> List[np.ndarray]:
        """One copy to the device and one back, without the heat maps."""
        value = onnxruntime.OrtValue.ortvalue_from_numpy(crops, self._device, 0)
        binding = self._session.io_binding()
        binding.bind_ortvalue_input(INPUT, value)
        for name in self._outputs:
            binding.bind_output(name, self._device)
        self._session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()


def _open(path: str, threads: Optional[int], provider: str) -> onnxruntime.InferenceSession:
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such ONNX file')
    if threads is not None and threads < 1:
        raise ValueError(f'threads: expected at least 1, got {threads}')
    if provider not in PROVIDERS:
        raise ValueError(f'provider: expected one of {", ".join(PROVIDERS)}, got {provider!r}')
    wanted = PROVIDERS[provider]
    missing = f'ONNX Runtime cannot use {provider} here ({{}}): {wanted.needs}'
    if wanted.names[0] not in onnxruntime.get_available_providers():
        raise ValueError(missing.format(f'no {wanted.names[0]}'))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or cores_but_one()
    # Idle threads would spin, and take the cores that others need.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3  # errors only
    try:
        session = onnxruntime.InferenceSession(path, options, list(wanted.names))
    except Exception as error:
        # ONNX Runtime's exceptions have no common class of their own.
        raise ValueError(
            f'{path}: ONNX Runtime {onnxruntime.__version__} cannot open it ({error})'
        ) from error
    # Without its libraries or a card it would go on with the CPU, in silence.
    if wanted.names[0] not in session.get_providers():
        raise ValueError(missing.format('its libraries, or a GPU, are missing'))
    return session
