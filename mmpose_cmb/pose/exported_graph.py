"""An exported graph by the way that a person chooses to run it."""

from typing import Optional, Union

from .onnx_graph import OnnxGraph
from .openvino_graph import OpenvinoGraph

OPENVINO = 'openvino'


def exported_graph(
    path: str,
    threads: Optional[int] = None,
    provider: str = 'cpu',
    precision: Optional[str] = None,
) -> Union[OnnxGraph, OpenvinoGraph]:
    """The graph of an ONNX file.

    Args:
        path (str): The file.
        threads (int, optional): See the graphs. Defaults to ``None``: one for
            each core but one, so that a camera, drawing and encoding have
            theirs.
        provider (str): 'openvino', or one of ONNX Runtime's: 'cpu', 'cuda',
            'tensorrt'. Defaults to 'cpu'.
        precision (str, optional): OpenVINO's: 'float32' or 'bfloat16'.
            Defaults to ``None``: the fastest that the processor has.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be opened or the provider is not there,
            with what to install; if a precision is named for ONNX Runtime,
            whose is the file's.
    """
    if provider == OPENVINO:
        return OpenvinoGraph(path, threads, precision)
    if precision is not None:
        raise ValueError(
            f'precision {precision}: ONNX Runtime computes as the file says; '
            'choose the provider openvino for another'
        )
    return OnnxGraph(path, threads, provider)
