"""An exported network by the way that a person chooses to run it."""

from typing import Optional, Union

from .onnx_network import OnnxNetwork
from .openvino_network import OpenvinoNetwork

OPENVINO = 'openvino'


def exported_network(
    path: str,
    threads: Optional[int] = None,
    provider: str = 'cpu',
    precision: Optional[str] = None,
) -> Union[OnnxNetwork, OpenvinoNetwork]:
    """The network of an ONNX file.

    Args:
        path (str): The file.
        threads (int, optional): See the networks.
        provider (str): 'openvino', or one of ONNX Runtime's: 'cpu', 'cuda',
            'tensorrt'. Defaults to 'cpu'.
        precision (str, optional): OpenVINO's: 'float32' or 'bfloat16'.

    Raises:
        FileNotFoundError, ValueError: See the networks; if a precision is
            named for ONNX Runtime, whose is the file's.
    """
    if provider == OPENVINO:
        return OpenvinoNetwork(path, threads, precision)
    if precision is not None:
        raise ValueError(
            f'precision {precision}: ONNX Runtime computes as the file says; '
            'choose the provider openvino for another'
        )
    return OnnxNetwork(path, threads, provider)
