"""Files that cannot be used say why."""

import json
import sys
import types

import numpy as np
import onnxruntime
import pytest

from mmpose_cmb.gpu_check.exported import shapes_in_depth
from mmpose_cmb.pose.onnx_graph import CUDA
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.shipped import shipped_network


@pytest.fixture(params=['cpu', 'openvino'])
def load(request):
    """Opens a file in ONNX Runtime, and in OpenVINO where it is installed."""
    if request.param == 'openvino':
        pytest.importorskip('openvino')
    return lambda path: OnnxNetwork(path, 1, request.param)


def test_no_file(tmp_path, load):
    with pytest.raises(FileNotFoundError, match='none.onnx: no such ONNX'):
        load(str(tmp_path / 'none.onnx'))


@pytest.mark.parametrize('content', [b'', b'not a model', b'\x08\x08' * 50])
def test_not_onnx(content, tmp_path, load):
    path = tmp_path / 'bad.onnx'
    path.write_bytes(content)
    with pytest.raises(ValueError, match='bad.onnx: (ONNX Runtime|OpenVINO) .* cannot|bad.onnx: '):
        load(str(path))


def test_cut_short(network, load):
    with open(network, 'rb') as file:
        data = file.read()
    with open(network, 'wb') as file:
        file.write(data[: len(data) // 2])
    with pytest.raises(ValueError, match='known.onnx: '):
        load(network)


def test_no_metadata(tmp_path, write_network, load):
    path = write_network(tmp_path / 'plain.onnx', None)
    with pytest.raises(ValueError, match='plain.onnx: .* does not say how'):
        load(path)


@pytest.mark.parametrize(
    'text, message',
    [
        ('{"format": 1, "inp', 'damaged: not JSON'),
        ('[1, 2]', 'does not tell its format'),
        ('{"format": "one"}', 'does not tell its format'),
        ('{"format": 1}', r'incomplete \(KeyError'),
        (
            '{"format": 2, "made_by": "mmpose_cmb 9.0"}',
            'format 2 .*mmpose_cmb 9.0.* up to 1. Update mmpose_cmb',
        ),
    ],
)
def test_damaged_metadata(text, message, tmp_path, write_network):
    path = write_network(tmp_path / 'odd.onnx', text)
    with pytest.raises(ValueError, match=f'odd.onnx: .*{message}'):
        OnnxNetwork(path)


@pytest.mark.parametrize(
    'key, value, message',
    [
        ('input_size', [32], 'incomplete'),
        ('input_size', [0, 32], 'input_size'),
        ('input_size', 'wide', 'incomplete'),
        ('box_padding', None, 'incomplete'),
        ('half_range_m', -1, 'half_range_m'),
        ('depth_unit_m', 0, 'depth_unit_m'),
        ('dataset', [], 'incomplete'),
        ('links', [[0, 2]], 'dataset.links'),
        ('link_colors', [], 'dataset.link_colors'),
        ('keypoint_colors', [[1, 2]], 'incomplete'),
        ('keypoints', ['head'], 'dataset.flip_indices, dataset.links, dataset.keypoint_colors'),
        ('flip_indices', [0, 0], 'dataset.flip_indices'),
        ('hole_value', float('nan'), 'NaN is no number'),
    ],
)
def test_metadata_that_cannot_be_right(key, value, message, metadata, tmp_path, write_network):
    (metadata if key in metadata else metadata['dataset'])[key] = value
    path = write_network(tmp_path / 'odd.onnx', metadata)
    with pytest.raises(ValueError, match=f'odd.onnx: .*damaged.*{message}'):
        OnnxNetwork(path)


def test_unknown_entries_do_not_disturb(metadata, tmp_path, write_network, load):
    metadata['later'] = {'added': 1}
    path = write_network(tmp_path / 'more.onnx', json.dumps(metadata))
    assert load(path).spec.input_size == (32, 32)


def test_the_graph_must_fit(metadata, tmp_path, write_network, load):
    path = write_network(tmp_path / 'a.onnx', metadata, outputs=['keypoints', 'scores'])
    with pytest.raises(ValueError, match='a.onnx: .* no output keypoints_uvd'):
        load(path)
    path = write_network(tmp_path / 'b.onnx', metadata, size=48)
    with pytest.raises(
        ValueError,
        match=r'b.onnx: .*\[batch, 1, 32, 32\], '
        r'got input float \[1, 1, 48, 48\]',
    ):
        load(path)
    path = write_network(tmp_path / 'c.onnx', metadata, batch=4)
    with pytest.raises(ValueError, match='c.onnx: .* batches of exactly 4'):
        load(path)


def test_settings_of_onnx_runtime(network, monkeypatch):
    with pytest.raises(ValueError, match='threads: expected at least 1'):
        OnnxNetwork(network, threads=0)
    with pytest.raises(ValueError, match='expected one of cpu, cuda, tensorrt, got .gpu.'):
        OnnxNetwork(network, provider='gpu')
    monkeypatch.setattr(onnxruntime, 'get_available_providers', lambda: ['CPUExecutionProvider'])
    for provider in ('cuda', 'tensorrt'):
        with pytest.raises(ValueError, match=f'cannot use {provider} .*onnxruntime-gpu'):
            OnnxNetwork(network, provider=provider)


def test_a_provider_that_steps_back_in_silence_is_an_error(network, monkeypatch):
    """As onnxruntime-gpu does without CUDA's libraries."""
    monkeypatch.setattr(onnxruntime, 'get_available_providers', lambda: list(CUDA))
    real = onnxruntime.InferenceSession
    monkeypatch.setattr(
        onnxruntime, 'InferenceSession', lambda path, options, names: real(path, options, CUDA[1:])
    )
    with pytest.raises(ValueError, match='cannot use cuda here .its libraries, or a GPU'):
        OnnxNetwork(network, provider='cuda')


@pytest.mark.parametrize('batch', [1, 'batch'])
def test_binding_on_a_device_gives_the_same(batch, metadata, tmp_path, write_network, monkeypatch):
    path = write_network(tmp_path / 'known.onnx', metadata, batch=batch)
    crops = np.random.default_rng(0).random((18, 1, 32, 32), np.float32)
    expected = OnnxNetwork(path)(crops)
    # The CPU as the device, so that the way over a binding runs everywhere.
    network = OnnxNetwork(path)
    monkeypatch.setattr(network._graph, '_run', network._graph._run_on_device)
    for found, values in zip(network(crops), expected):
        np.testing.assert_array_equal(found, values)


def test_openvino_finds_the_same(monkeypatch):
    pytest.importorskip('openvino')
    from mmpose_cmb.pose import openvino_graph

    path = shipped_network()
    shipped_crops = shapes_in_depth(4)
    expected = OnnxNetwork(path)(shipped_crops)
    found = OnnxNetwork(path, None, 'openvino', 'float32')(shipped_crops)
    for values, reference, tolerance in zip(found, expected, (1e-2, 1e-4, 1e-2)):
        np.testing.assert_allclose(values, reference, atol=tolerance)
    found = OnnxNetwork(path, 1, 'openvino', 'bfloat16')(shipped_crops)
    off_px = np.linalg.norm(found[0] - expected[0], axis=-1)
    # Of joints that stand out; of others the maximum may be another one.
    assert np.quantile(off_px, 0.9) < 0.5
    for capable, precision in ((['FP32'], 'float32'), (['BF16', 'FP32'], 'bfloat16')):
        core = types.SimpleNamespace(get_property=lambda *_, found=capable: found)
        assert openvino_graph.fastest_precision(core) == precision


def test_ways_that_are_not_there(network, monkeypatch):
    with pytest.raises(ValueError, match='precision bfloat16: ONNX Runtime computes as'):
        OnnxNetwork(network, precision='bfloat16')
    monkeypatch.setitem(sys.modules, 'openvino', None)
    with pytest.raises(ValueError, match=r'not installed here: pip install "mmpose_cmb\[openv'):
        OnnxNetwork(network, provider='openvino')
