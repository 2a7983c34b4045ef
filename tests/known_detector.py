"""A person finder's ONNX file written by hand: near spots are people."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEIGHT, STRIDE = 32, 24, 4
# From a cell's middle to the sides of its box, pixels of the input.
SIDES = (6.0, 7.0, 8.0, 9.0)
METADATA = {
    'format': 1,
    'made_by': 'mmpose_cmb 0.1.0',
    'gives': 'boxes',
    'input_size': [WIDTH, HEIGHT],
    'stride': STRIDE,
    'nearest_m': 0.3,
    'pixels_per_unit': 100.0,
    'least_score': 0.3,
    'most_overlap': 0.6,
}


def write_known_detector(path, metadata=METADATA, sides=SIDES, stride=STRIDE):
    """A graph whose heat is each cell's mean, and whose boxes are all alike."""
    rows, columns = HEIGHT // stride, WIDTH // stride
    nodes = [
        helper.make_node(
            'AveragePool', ['input'], ['heat'], kernel_shape=[stride] * 2, strides=[stride] * 2
        ),
        helper.make_node('Mul', ['heat', 'zero'], ['nothing']),
        helper.make_node('Add', ['nothing', 'S'], ['sides']),
    ]
    constants = {'zero': np.float32(0), 'S': np.float32(sides).reshape(1, 4, 1, 1)}
    graph = helper.make_graph(
        nodes,
        'known',
        [helper.make_tensor_value_info('input', TensorProto.FLOAT, [1, 1, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, number, rows, columns])
            for name, number in (('heat', 1), ('sides', 4))
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    helper.set_model_props(model, {'mmpose_cmb': json.dumps(metadata)})
    onnx.save(model, path)
    return str(path)


def spots_m(*spots, size=(HEIGHT, WIDTH), cell=STRIDE, wall_m=8.0):
    """A wall with squares before it: row and column of a cell, and metres.

    Around each is a hole as wide as the finder's blur, which so leaves it as it is.
    """
    depth_m = np.full(size, wall_m, np.float32)
    for hole in (2, 0):
        for row, column, near_m in spots:
            rows, columns = (
                slice(max(i * cell - hole, 0), (i + 1) * cell + hole) for i in (row, column)
            )
            depth_m[rows, columns] = 0 if hole else near_m
    return depth_m
