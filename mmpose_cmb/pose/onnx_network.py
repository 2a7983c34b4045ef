"""The network of an ONNX file, checked against what the file says of itself."""

import os.path as osp
from typing import Optional, Sequence

import numpy as np
import onnxruntime

from ..cpu import cores_but_one
from .model_spec import METADATA_KEY, parse_spec

INPUT = 'input'
# Crops that run at once where the graph takes any number of them.
BATCH_SIZE = 16


class OnnxNetwork:
    """An exported network: from normalised crops to joints of the crop.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core but one, so that a camera, drawing
            and encoding have theirs.
        providers (Sequence[str], optional): ONNX Runtime's execution
            providers. Defaults to ``None``: the CPU.

    Attributes:
        spec (ModelSpec): The file's metadata.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no ONNX file, its metadata cannot be used, or the
            graph does not fit them. Messages name the file.
    """

    def __init__(
        self, path: str, threads: Optional[int] = None, providers: Optional[Sequence[str]] = None
    ) -> None:
        self.path = str(path)
        self._session = _open(self.path, threads, providers)
        try:
            metadata = self._session.get_modelmeta().custom_metadata_map
        except UnicodeDecodeError as error:
            raise ValueError(f'{self.path}: its metadata are damaged ({error})') from error
        self.spec = parse_spec(metadata.get(METADATA_KEY), self.path)
        self._outputs = self._check_outputs()
        self._batch_size = self._check_input()

    def __call__(self, crops: np.ndarray) -> Sequence[np.ndarray]:
        """Joints of the crops.

        Args:
            crops (np.ndarray): float32 ``[B, 1, H, W]``.

        Raises:
            ValueError: If the network cannot be run or gives what are no
                joints, naming the file.

        Returns:
            Sequence[np.ndarray]: Pixels of the crop ``[B, K, 2]``, scores
            ``[B, K]`` and, from a network with joints in space, pixels and
            relative depth ``[B, K, 3]``.
        """
        size = self._batch_size
        try:
            parts = [
                self._session.run(self._outputs, {INPUT: crops[i : i + size]})
                for i in range(0, len(crops), size)
            ]
            outputs = [np.concatenate(part) for part in zip(*parts)]
        except Exception as error:
            # ONNX Runtime's exceptions have no common class of their own.
            raise ValueError(f'{self.path}: cannot be run ({_line(error)})') from error
        joints = len(self.spec.skeleton.keypoint_names)
        shapes = [(len(crops), joints, 2), (len(crops), joints), (len(crops), joints, 3)]
        for name, output, shape in zip(self._outputs, outputs, shapes):
            if output.shape != shape or not np.isfinite(output).all():
                raise ValueError(
                    f'{self.path}: its output {name} is {list(output.shape)} or not finite, '
                    f'expected {list(shape)}; are the weights damaged?'
                )
        return outputs

    def _check_outputs(self) -> Sequence[str]:
        needed = ['keypoints', 'scores']
        if self.spec.space:
            needed.append('keypoints_uvd')
        # Heat maps are not asked for, so they need not leave the device.
        found = [output.name for output in self._session.get_outputs()]
        missing = [name for name in needed if name not in found]
        if missing:
            raise ValueError(
                f'{self.path}: the graph has no output '
                f'{" and ".join(missing)} (it has {", ".join(found)}). Export '
                'the model again with tools/deploy.py of mmpose_cmb.'
            )
        return needed

    def _check_input(self) -> int:
        """Crops that run at once."""
        inputs = {node.name: node for node in self._session.get_inputs()}
        width, height = self.spec.input_size
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
