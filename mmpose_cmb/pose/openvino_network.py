"""The network of an ONNX file in OpenVINO, which reads the same files."""

import os.path as osp
from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ..cpu import cores_but_one
from .file_metadata import METADATA_KEY
from .graph_ports import INPUT, Port, check_outputs, check_results, fixed_batch
from .model_spec import parse_spec

# Ours -> OpenVINO's. 8-bit integers are too coarse for the heat maps
# (docs/speed.md).
PRECISIONS = {'float32': 'f32', 'bfloat16': 'bf16'}


class OpenvinoNetwork:
    """An exported network: from normalised crops to joints of the crop.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of OpenVINO. Defaults to ``None``:
            one for each core but one.
        precision (str, optional): One of :data:`PRECISIONS`. Defaults to
            ``None``: bfloat16 where the processor has instructions for it.

    Attributes:
        spec (ModelSpec): The file's metadata.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: See :class:`~mmpose_cmb.pose.onnx_network.OnnxNetwork`;
            if OpenVINO is not installed, with what to do.
    """

    def __init__(
        self, path: str, threads: Optional[int] = None, precision: Optional[str] = None
    ) -> None:
        self.path = str(path)
        model = read_graph(self.path)
        self.spec = parse_spec(_metadata(model), self.path)
        self._shapes = self.spec.output_shapes
        check_outputs(self.path, self._shapes, [output.any_name for output in model.outputs])
        fixed_batch(self.path, self.spec.input_size, [_port(node) for node in model.inputs])
        self._graph = CompiledGraph(model, list(self._shapes), threads, precision)

    def __call__(self, crops: np.ndarray) -> Sequence[np.ndarray]:
        """See ``OnnxNetwork``; crops run one after the other."""
        found = [self._graph(crop[None]) for crop in crops]
        results = [np.concatenate([one[name] for one in found]) for name in self._shapes]
        check_results(self.path, self._shapes, len(crops), results)
        return results


class CompiledGraph:
    """A graph on the CPU, for one crop at a time.

    Args:
        model (openvino.Model): From :func:`read_graph`; altered.
        outputs (Sequence[str]): Which are computed.
        threads (int, optional): See :class:`OpenvinoNetwork`.
        precision (str, optional): See :class:`OpenvinoNetwork`.

    Raises:
        ValueError: If the precision or the number of threads is none.
    """

    def __init__(
        self,
        model: Any,
        outputs: Sequence[str],
        threads: Optional[int] = None,
        precision: Optional[str] = None,
    ) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f'threads: expected at least 1, got {threads}')
        if precision is not None and precision not in PRECISIONS:
            raise ValueError(
                f'precision: expected one of {", ".join(PRECISIONS)}, got {precision!r}'
            )
        core = _openvino().Core()
        self.precision = precision or fastest_precision(core)
        for output in list(model.outputs):
            if output.any_name not in outputs:
                model.remove_result(output.node)
        # A size that is known is faster than one that is open.
        shape = model.input(INPUT).partial_shape
        model.reshape({INPUT: [1, *(length.get_length() for length in list(shape)[1:])]})
        options = {
            'INFERENCE_PRECISION_HINT': PRECISIONS[self.precision],
            'INFERENCE_NUM_THREADS': threads or cores_but_one(),
            'PERFORMANCE_HINT': 'LATENCY',
        }
        self._outputs = list(outputs)
        self._request = core.compile_model(model, 'CPU', options).create_infer_request()

    def __call__(self, crop: np.ndarray) -> Dict[str, np.ndarray]:
        """Outputs by their names, of one crop, float32 ``[1, 1, H, W]``."""
        found = self._request.infer({INPUT: crop})
        return {name: found[name].copy() for name in self._outputs}


def read_graph(path: str) -> Any:
    """OpenVINO's model of an ONNX file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be read, or OpenVINO is not installed.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such ONNX file')
    openvino = _openvino()
    try:
        return openvino.Core().read_model(path)
    except Exception as error:
        # OpenVINO raises RuntimeError, and others from its parsers.
        reason = str(error).strip().splitlines()[-1:]
        raise ValueError(
            f'{path}: OpenVINO {openvino.__version__} cannot open it ({"".join(reason)})'
        ) from error


def fastest_precision(core: Any) -> str:
    """``'bfloat16'`` where the processor computes with it, else ``'float32'``."""
    capable: List[str] = core.get_property('CPU', 'OPTIMIZATION_CAPABILITIES')
    return 'bfloat16' if 'BF16' in capable else 'float32'


def _openvino() -> Any:
    try:
        import openvino
    except ImportError as error:
        raise ValueError(
            'OpenVINO is not installed here: pip install "mmpose_cmb[openvino]"'
        ) from error
    return openvino


def _metadata(model: Any) -> Optional[str]:
    path = ['framework', METADATA_KEY]
    return str(model.get_rt_info(path).value) if model.has_rt_info(path) else None


def _port(node: Any) -> Port:
    shape = [length.get_length() if length.is_static else None for length in node.partial_shape]
    return Port(node.any_name, node.element_type.get_type_name() == 'f32', shape)
