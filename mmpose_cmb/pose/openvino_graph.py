"""An ONNX file opened by OpenVINO, which reads the same files."""

import os.path as osp
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..cpu import cores_but_one
from .file_metadata import METADATA_KEY, Spec
from .graph_ports import INPUT, Port, Shapes, check_outputs, check_results, fixed_batch

# Ours -> OpenVINO's. 8-bit integers are too coarse for the heat maps
# (docs/speed.md).
PRECISIONS = {'float32': 'f32', 'bfloat16': 'bf16'}


class OpenvinoGraph:
    """A network of one input ``[B, 1, H, W]`` in OpenVINO, on the CPU.

    Args:
        path (str): The ONNX file.
        threads (int, optional): Threads of OpenVINO. Defaults to ``None``:
            one for each core but one.
        precision (str, optional): One of :data:`PRECISIONS`. Defaults to
            ``None``: bfloat16 where the processor has instructions for it.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If OpenVINO cannot open it, or is not installed, with what
            to do; if the precision or the number of threads is none.
    """

    def __init__(
        self, path: str, threads: Optional[int] = None, precision: Optional[str] = None
    ) -> None:
        self.path = str(path)
        check_options(threads, precision)
        self._model = read_graph(self.path)
        self._options = threads, precision
        self._shapes: Shapes = {}

    def spec(self, parse: Callable[[Optional[str], str], Spec]) -> Spec:
        """See :meth:`~mmpose_cmb.pose.onnx_graph.OnnxGraph.spec`."""
        path = ['framework', METADATA_KEY]
        known = self._model.has_rt_info(path)
        return parse(str(self._model.get_rt_info(path).value) if known else None, self.path)

    def check(self, input_size: Tuple[int, int], shapes: Shapes) -> None:
        """See :meth:`~mmpose_cmb.pose.onnx_graph.OnnxGraph.check`."""
        model = self._model
        check_outputs(self.path, shapes, [output.any_name for output in model.outputs])
        fixed_batch(self.path, input_size, [_port(node) for node in model.inputs])
        self._shapes = shapes
        self._graph = CompiledGraph(model, list(shapes), *self._options)

    def run(self, inputs: np.ndarray) -> List[np.ndarray]:
        """See :meth:`~mmpose_cmb.pose.onnx_graph.OnnxGraph.run`; one input after the other."""
        found = [self._graph(one[None]) for one in inputs]
        results = [np.concatenate([one[name] for one in found]) for name in self._shapes]
        check_results(self.path, self._shapes, len(inputs), results)
        return results


class CompiledGraph:
    """A graph on the CPU, for one crop at a time.

    Args:
        model (openvino.Model): From :func:`read_graph`; altered.
        outputs (Sequence[str]): Which are computed.
        threads (int, optional): See :class:`OpenvinoGraph`.
        precision (str, optional): See :class:`OpenvinoGraph`.

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
        check_options(threads, precision)
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


def check_options(threads: Optional[int], precision: Optional[str]) -> None:
    """Refuse options of :class:`OpenvinoGraph`.

    Raises:
        ValueError: If the precision or the number of threads is none.
    """
    if threads is not None and threads < 1:
        raise ValueError(f'threads: expected at least 1, got {threads}')
    if precision is not None and precision not in PRECISIONS:
        raise ValueError(f'precision: expected one of {", ".join(PRECISIONS)}, got {precision!r}')


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


def _port(node: Any) -> Port:
    shape = [length.get_length() if length.is_static else None for length in node.partial_shape]
    return Port(node.any_name, node.element_type.get_type_name() == 'f32', shape)
