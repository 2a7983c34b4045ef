"""Weights stored in 16 bits."""

import numpy as np
import pytest

onnx = pytest.importorskip('onnx')
ort = pytest.importorskip('onnxruntime')

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from mmpose_cmb.deploy.stored_weights import store_in_16_bits  # noqa: E402


def test_large_weights_are_stored_in_16_bits_and_computed_with_in_full(tmp_path):
    rng = np.random.default_rng(0)
    weight = rng.normal(0, 0.1, (40, 30)).astype(np.float32)
    weight[7] = 0
    # It is small, and stays.
    bias = np.float32(1000.123) + rng.normal(0, 0.01, 30).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node('Gemm', ['x', 'weight', 'bias'], ['y'])],
        'linear',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 40])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, ['n', 30])],
        [numpy_helper.from_array(weight, 'weight'), numpy_helper.from_array(bias, 'bias')],
    )
    path = str(tmp_path / 'linear.onnx')
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.save(model, path)
    store_in_16_bits(path)
    stored = {tensor.name: tensor.data_type for tensor in onnx.load(path).graph.initializer}
    assert sorted(stored.values()) == [TensorProto.FLOAT, TensorProto.FLOAT, TensorProto.INT16]
    x = rng.normal(0, 1, (7, 40)).astype(np.float32)
    (found,) = ort.InferenceSession(path, providers=['CPUExecutionProvider']).run(None, {'x': x})
    step = np.abs(weight).max(axis=1, keepdims=True).astype(float) / 32767
    most_off = np.abs(x).astype(float) @ np.broadcast_to(step / 2, weight.shape)
    off = np.abs(found - (x.astype(float) @ weight.astype(float) + bias))
    assert (off < most_off + 3e-4).all() and off.max() > 0
