"""An ONNX file opened, and its graph checked against what the file says of itself."""

import os.path as osp
from typing import Callable, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import onnxruntime

from ..cpu import cores_but_one
from .file_metadata import METADATA_KEY, Spec

INPUT = 'input'
# Inputs that run at once where the graph takes any number of them.
BATCH_SIZE = 16


class OnnxGraph:
    """A network of one input ``[B, 1, H, W]`` in ONNX Runtime.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core but one, so that a camera, drawing
            and encoding have theirs.
        providers (Sequence[str], optional): ONNX Runtime's execution
            providers. Defaults to ``None``: the CPU.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If ONNX Runtime cannot open it.
    """

    def __init__(
        self, path: str, threads: Optional[int] = None, providers: Optional[Sequence[str]] = None
    ) -> None:
        self.path = str(path)
        self._session = _open(self.path, threads, providers)
        self._shapes: Mapping[str, Tuple[int, ...]] = {}
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

    def check(self, input_size: Tuple[int, int], shapes: Mapping[str, Tuple[int, ...]]) -> None:
        """Check input and outputs, which :meth:`run` then knows.

        Args:
            input_size (Tuple[int, int]): Width and height, pixels.
            shapes (dict): Of each output that is asked for, without the
                batch.

        Raises:
            ValueError: If the graph has others.
        """
        found = [output.name for output in self._session.get_outputs()]
        missing = [name for name in shapes if name not in found]
        if missing:
            raise ValueError(
                f'{self.path}: the graph has no output '
                f'{" and ".join(missing)} (it has {", ".join(found)}). Export '
                'the model again with mmpose_cmb.'
            )
        self._shapes = shapes
        self._batch_size = self._check_input(*input_size)

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
            parts = [
                self._session.run(list(self._shapes), {INPUT: inputs[i : i + size]})
                for i in range(0, len(inputs), size)
            ]
            outputs = [np.concatenate(part) for part in zip(*parts)]
        except Exception as error:
            # ONNX Runtime's exceptions have no common class of their own.
            raise ValueError(f'{self.path}: cannot be run ({_line(error)})') from error
        for (name, shape), output in zip(self._shapes.items(), outputs):
            expected = (len(inputs), *shape)
            if output.shape != expected or not np.isfinite(output).all():
                raise ValueError(
                    f'{self.path}: its output {name} is {list(output.shape)} or not finite, '
                    f'expected {list(expected)}; are the weights damaged?'
                )
        return outputs

    def _check_input(self, width: int, height: int) -> int:
        """Inputs that run at once."""
        inputs = {node.name: node for node in self._session.get_inputs()}
        node = inputs.get(INPUT)
        if (
            node is None
            or len(inputs) != 1
            or node.type != 'tensor(float)'
            or node.shape[1:] != [1, height, width]
        ):
            shown = ', '.join(f'{node.name} {node.type} {node.shape}' for node in inputs.values())
            raise ValueError(
                f'{self.path}: expected one input "{INPUT}", float, [batch, '
                f'1, {height}, {width}], got {shown}'
            )
        batch = node.shape[0]
        if isinstance(batch, int) and batch != 1:
            raise ValueError(
                f'{self.path}: exported for batches of exactly {batch}; '
                'export it for a batch of 1 or of any number'
            )
        return 1 if batch == 1 else BATCH_SIZE


def _open(
    path: str, threads: Optional[int], providers: Optional[Sequence[str]]
) -> onnxruntime.InferenceSession:
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such ONNX file')
    if threads is not None and threads < 1:
        raise ValueError(f'threads: expected at least 1, got {threads}')
    providers = list(providers or ['CPUExecutionProvider'])
    available = onnxruntime.get_available_providers()
    absent = [name for name in providers if name not in available]
    if absent:
        raise ValueError(
            f'this ONNX Runtime has no {", ".join(absent)}; it has '
            f'{", ".join(available)} (CUDA needs the package onnxruntime-gpu)'
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or cores_but_one()
    # Idle threads would spin, and take the cores that others need.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3  # errors only
    try:
        return onnxruntime.InferenceSession(path, options, providers)
    except Exception as error:
        # ONNX Runtime's exceptions have no common class of their own.
        raise ValueError(
            f'{path}: ONNX Runtime {onnxruntime.__version__} cannot open it ({_line(error)})'
        ) from error


def _line(error: Exception) -> str:
    return ' '.join(str(error).split())
