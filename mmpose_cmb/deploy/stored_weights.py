"""ONNX files of half the size: weights stored as integers of 16 bits."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Values; what is smaller is not worth a node.
_LARGE = 256
_MOST = np.iinfo(np.int16).max


def store_in_16_bits(path: str) -> None:
    """Store a file's large weights in 16 bits, from which it makes float32.

    It computes in float32 as before: runtimes work the weights out when they
    load. Integers with a scale for each first index are off by a quarter of
    what float16 is.

    Args:
        path (str): ONNX file, changed in place: one that still stands aside.
    """
    model = onnx.load(path)
    graph = model.graph
    nodes, kept = [], []
    for tensor in graph.initializer:
        name = tensor.name
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _LARGE:
            kept.append(tensor)
            continue
        values = numpy_helper.to_array(tensor)
        largest = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True)
        scale = np.maximum(largest / _MOST, np.finfo(np.float32).tiny).astype(np.float32)
        stored = np.rint(values / scale).astype(np.int16)
        kept.append(numpy_helper.from_array(stored, f'{name}_stored'))
        kept.append(numpy_helper.from_array(scale, f'{name}_scale'))
        nodes += [
            helper.make_node('Cast', [f'{name}_stored'], [f'{name}_steps'], to=TensorProto.FLOAT),
            helper.make_node('Mul', [f'{name}_steps', f'{name}_scale'], [name]),
        ]
    model.graph.CopyFrom(
        helper.make_graph([*nodes, *graph.node], graph.name, graph.input, graph.output, kept)
    )
    onnx.save(model, path)
