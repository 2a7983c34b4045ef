"""ONNX files written by hand, whose outputs are known in closed form."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE = 32
METADATA = {
    'format': 1,
    'made_by': 'mmpose_cmb 0.1.0',
    'input_size': [SIZE, SIZE],
    'box_padding': 1.25,
    'half_range_m': 0.5,
    'hole_value': 1.0,
    'depth_unit_m': 0.001,
    'invalid_values': [0],
    'background_m': None,
    'flip_test': False,
    'space': True,
    'dataset': {
        'name': 'pair',
        'keypoints': ['head', 'foot'],
        'flip_indices': [0, 1],
        'links': [[0, 1]],
        'keypoint_colors': [[255, 0, 0], [0, 255, 0]],
        'link_colors': [[0, 0, 255]],
    },
}
METADATA_JSON = json.dumps(METADATA)
# What the network gives for every crop: its corner, the middle of its right
# side; in space its corner and its middle.
KEYPOINTS = np.float32([[[0, 0], [SIZE, SIZE / 2]]])
UVD = np.float32([[[0, 0, 0.5], [SIZE / 2, SIZE / 2, -0.25]]])


def write_known_network(path, metadata, batch=1, outputs=None, size=SIZE):
    """A graph whose scores are the crop's mean, joints as above."""
    constants = {'K': KEYPOINTS, 'U': UVD, 'zero': np.float32(0)}
    nodes = [
        helper.make_node('ReduceMean', ['input'], ['mean'], axes=[2, 3], keepdims=0),  # [B, 1]
        helper.make_node('Concat', ['mean', 'mean'], ['scores'], axis=1),
        helper.make_node('ReduceMean', ['input'], ['mean3'], axes=[2, 3], keepdims=0),
        helper.make_node('Unsqueeze', ['mean3', 'one'], ['column']),
        helper.make_node('Mul', ['column', 'zero'], ['nothing']),
        helper.make_node('Add', ['nothing', 'K'], ['keypoints']),
        helper.make_node('Add', ['nothing', 'U'], ['keypoints_uvd']),
    ]
    shapes = dict(scores=[batch, 2], keypoints=[batch, 2, 2],
                  keypoints_uvd=[batch, 2, 3])  # yapf: disable
    initializers = [numpy_helper.from_array(array, name) for name, array in constants.items()] + [
        numpy_helper.from_array(np.int64([2]), 'one')
    ]
    graph = helper.make_graph(
        nodes, 'known',
        [helper.make_tensor_value_info(
            'input', TensorProto.FLOAT, [batch, 1, size, size])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name])
         for name in outputs or shapes],
        initializers)  # yapf: disable
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    if metadata is not None:
        helper.set_model_props(
            model, {'mmpose_cmb': metadata if isinstance(metadata, str) else json.dumps(metadata)}
        )
    onnx.save(model, path)
    return str(path)
