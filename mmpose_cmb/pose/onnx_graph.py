"""An ONNX file opened, and its graph checked against what the file says of itself."""

import io
import os.path as osp
from contextlib import redirect_stdout
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import onnxruntime

from ..cpu import cores_but_one
from .file_metadata import METADATA_KEY, Spec
from .graph_ports import INPUT, Port, Shapes, check_outputs, check_results, fixed_batch

# Inputs that run at once where the graph takes any number of them.
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


GPU_PACKAGE = 'pip install "onnxruntime-gpu[cuda,cudnn]" in place of onnxruntime'
NOT_LOADED = 'its libraries, or a GPU, are missing'
CUDA = ('CUDAExecutionProvider', 'CPUExecutionProvider')
PROVIDERS = {
    'cpu': Provider(CUDA[1:], 'cpu', 'pip install onnxruntime'),
    'cuda': Provider(CUDA, 'cuda', GPU_PACKAGE),
    'tensorrt': Provider(
        ('TensorrtExecutionProvider', *CUDA), 'cuda', f'{GPU_PACKAGE}, and tensorrt'
    ),
}


class OnnxGraph:
    """A network of one input ``[B, 1, H, W]`` in ONNX Runtime.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core but one, so that a camera, drawing
            and encoding have theirs.
        provider (str): One of :data:`PROVIDERS`. Defaults to 'cpu'.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If ONNX Runtime cannot open it, or the provider is not
            there.
    """

    def __init__(self, path: str, threads: Optional[int] = None, provider: str = 'cpu') -> None:
        self.path = str(path)
        self._session = _open(self.path, threads, provider)
        self._device = PROVIDERS[provider].device
        self._shapes: Shapes = {}
        self._batch_size = 1

    def spec(self, parse: Callable[[Optional[str], str], Spec]) -> Spec:
        """What the file says of itself.

        Args:
            parse (Callable): Of the metadata and the path, such as
                ``parse_spec``.

        Raises:
            ValueError: If it says nothing that can be read.
        """
        try:
            metadata = self._session.get_modelmeta().custom_metadata_map
        except UnicodeDecodeError as error:
            raise ValueError(f'{self.path}: its metadata are damaged ({error})') from error
        return parse(metadata.get(METADATA_KEY), self.path)

    def check(self, input_size: Tuple[int, int], shapes: Shapes) -> None:
        """Check input and outputs, which :meth:`run` then knows.

        Args:
            input_size (Tuple[int, int]): Width and height, pixels.
            shapes (dict): Of each output that is asked for, without the
                batch.

        Raises:
            ValueError: If the graph has others.
        """
        check_outputs(self.path, shapes, [node.name for node in self._session.get_outputs()])
        ports = [
            Port(node.name, node.type == 'tensor(float)', node.shape)
            for node in self._session.get_inputs()
        ]
        self._shapes = shapes
        self._batch_size = fixed_batch(self.path, input_size, ports) or BATCH_SIZE

    def run(self, inputs: np.ndarray) -> List[np.ndarray]:
        """The outputs that :meth:`check` named.

        Args:
            inputs (np.ndarray): float32 ``[B, 1, H, W]``.

        Raises:
            ValueError: If the network cannot be run, or gives what has
                another shape or is not finite, naming the file.
        """
        size = self._batch_size
        try:
            run = self._run if self._device == 'cpu' else self._run_on_device
            parts = [run(inputs[i : i + size]) for i in range(0, len(inputs), size)]
            outputs = [np.concatenate(part) for part in zip(*parts)]
        except Exception as error:
            # ONNX Runtime's exceptions have no common class of their own.
            raise ValueError(f'{self.path}: cannot be run ({_line(error)})') from error
        check_results(self.path, self._shapes, len(inputs), outputs)
        return outputs

    def _run(self, inputs: np.ndarray) -> List[np.ndarray]:
        return self._session.run(list(self._shapes), {INPUT: inputs})

    def _run_on_device(self, inputs: np.ndarray) -> List[np.ndarray]:
        """One copy to the device and one back, of what is asked for alone."""
        value = onnxruntime.OrtValue.ortvalue_from_numpy(inputs, self._device, 0)
        binding = self._session.io_binding()
        binding.bind_ortvalue_input(INPUT, value)
        for name in self._shapes:
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
    check_provider(provider, onnxruntime.get_available_providers())
    if wanted.device == 'cuda':
        _load_cuda_of_wheels()
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
            f'{path}: ONNX Runtime {onnxruntime.__version__} cannot open it ({_line(error)})'
        ) from error
    # Without its libraries or a card it would go on with the CPU, in silence.
    check_provider(provider, session.get_providers(), NOT_LOADED)
    return session


def check_provider(provider: str, found: Sequence[str], why: Optional[str] = None) -> None:
    """Refuse a provider that is not among ONNX Runtime's.

    Args:
        provider (str): One of :data:`PROVIDERS`.
        found (Sequence[str]): ONNX Runtime's names of those that are there.
        why (str, optional): What is wrong. Defaults to ``None``: this ONNX
            Runtime was built without it.

    Raises:
        ValueError: With what to install.
    """
    wanted = PROVIDERS[provider]
    if wanted.names[0] not in found:
        why = why or f'no {wanted.names[0]}'
        raise ValueError(f'ONNX Runtime cannot use {provider} here ({why}): {wanted.needs}')


def _load_cuda_of_wheels() -> None:
    """Load CUDA's libraries from NVIDIA's wheels, which are on no search path.

    What is missing shows in the session's providers; ONNX Runtime would print it.
    """
    preload = getattr(onnxruntime, 'preload_dlls', None)  # from 1.21 on
    if preload is not None:
        with redirect_stdout(io.StringIO()):
            preload()


def _line(error: Exception) -> str:
    return ' '.join(str(error).split())
