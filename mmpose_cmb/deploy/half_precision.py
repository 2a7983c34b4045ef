"""An ONNX file that computes its heat maps in half precision."""

from typing import Dict, List, Set

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from ..io.whole_file import whole_file


def write_half_precision(path: str, half_path: str) -> None:
    """Copy a file so that it computes in float16, from and to float32.

    What follows the heat maps stays in float32: the joints are found by
    second derivatives of their logarithm, for which float16 is too coarse.
    TensorRT has no switch for this any more: from 11 on an engine computes
    in the types of its file.

    Args:
        path (str): A file of ``export_onnx``.
        half_path (str): Where to write; whole or not at all.
    """
    model = onnx.load(path)
    graph = onnx.shape_inference.infer_shapes(model).graph
    exact = _nodes_after(graph, 'heatmaps')
    floats = {
        value.name
        for value in [*graph.input, *graph.value_info, *graph.output]
        if value.type.tensor_type.elem_type == TensorProto.FLOAT
    }
    constants = {
        tensor.name: tensor
        for tensor in graph.initializer
        if tensor.data_type == TensorProto.FLOAT
    }
    outputs = {value.name for value in graph.output}
    wanted_exact = outputs.union(*(node.input for node in exact))
    given = {value.name for value in graph.input}

    nodes: List[NodeProto] = []
    halved: Set[str] = set()
    for name in given & floats:
        nodes.append(_cast(name, _half(name), TensorProto.FLOAT16))
    left = {id(node) for node in exact}
    for node in graph.node:
        if id(node) in left:
            nodes.append(node)
            continue
        for i, name in enumerate(node.input):
            # The scales of a Resize are float32 in any case.
            if node.op_type == 'Resize' and i > 0:
                continue
            if name in constants and name not in halved:
                halved.add(name)
                values = numpy_helper.to_array(constants[name]).astype(np.float16)
                graph.initializer.append(numpy_helper.from_array(values, _half(name)))
            if name in floats or name in constants:
                node.input[i] = _half(name)
        _halve_attributes(node)
        nodes.append(node)
        for i, name in enumerate(node.output):
            if name in floats:
                node.output[i] = _half(name)
                if name in wanted_exact:
                    nodes.append(_cast(_half(name), name, TensorProto.FLOAT))
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    halves = helper.make_graph(nodes, graph.name, graph.input, graph.output, kept)
    model.graph.CopyFrom(halves)
    with whole_file(half_path) as aside:
        onnx.save(model, aside)


def _half(name: str) -> str:
    return f'{name}_half'


def _cast(name: str, to_name: str, kind: int) -> NodeProto:
    return helper.make_node('Cast', [name], [to_name], f'{to_name}_cast', to=kind)


def _halve_attributes(node: NodeProto) -> None:
    """Constants, and casts to float."""
    for attribute in node.attribute:
        if node.op_type == 'Cast' and attribute.name == 'to' and attribute.i == TensorProto.FLOAT:
            attribute.i = TensorProto.FLOAT16
        elif attribute.HasField('t') and attribute.t.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(attribute.t).astype(np.float16)
            attribute.t.CopyFrom(numpy_helper.from_array(values))


def _nodes_after(graph: onnx.GraphProto, tensor: str) -> List[NodeProto]:
    """The nodes that compute with a tensor, or with what comes of it."""
    users: Dict[str, List[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found: Dict[int, NodeProto] = {}
    left = [tensor]
    while left:
        for node in users.get(left.pop(), ()):
            if id(node) not in found:
                found[id(node)] = node
                left.extend(node.output)
    return list(found.values())
