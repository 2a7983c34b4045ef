"""Files that cannot be used say why."""

import json

import onnxruntime
import pytest

from mmpose_cmb.pose.onnx_network import OnnxNetwork


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.onnx: no such ONNX'):
        OnnxNetwork(str(tmp_path / 'none.onnx'))


@pytest.mark.parametrize('content', [b'', b'not a model', b'\x08\x08' * 50])
def test_not_onnx(content, tmp_path):
    path = tmp_path / 'bad.onnx'
    path.write_bytes(content)
    with pytest.raises(ValueError, match='bad.onnx: ONNX Runtime .* cannot'):
        OnnxNetwork(str(path))


def test_cut_short(network):
    with open(network, 'rb') as file:
        data = file.read()
    with open(network, 'wb') as file:
        file.write(data[: len(data) // 2])
    with pytest.raises(ValueError, match='known.onnx: '):
        OnnxNetwork(network)


def test_no_metadata(tmp_path, write_network):
    path = write_network(tmp_path / 'plain.onnx', None)
    with pytest.raises(ValueError, match='plain.onnx: .* does not say how'):
        OnnxNetwork(path)


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


def test_unknown_entries_do_not_disturb(metadata, tmp_path, write_network):
    metadata['later'] = {'added': 1}
    path = write_network(tmp_path / 'more.onnx', json.dumps(metadata))
    assert OnnxNetwork(path).spec.input_size == (32, 32)


def test_the_graph_must_fit(metadata, tmp_path, write_network):
    path = write_network(tmp_path / 'a.onnx', metadata, outputs=['keypoints', 'scores'])
    with pytest.raises(ValueError, match='a.onnx: .* no output keypoints_uvd'):
        OnnxNetwork(path)
    path = write_network(tmp_path / 'b.onnx', metadata, size=48)
    with pytest.raises(
        ValueError,
        match=r'b.onnx: .*\[batch, 1, 32, 32\], '
        r'got input tensor\(float\) \[1, 1, 48, 48\]',
    ):
        OnnxNetwork(path)
    path = write_network(tmp_path / 'c.onnx', metadata, batch=4)
    with pytest.raises(ValueError, match='c.onnx: .* batches of exactly 4'):
        OnnxNetwork(path)


def test_settings_of_onnx_runtime(network):
    with pytest.raises(ValueError, match='threads: expected at least 1'):
        OnnxNetwork(network, threads=0)
    absent = [
        name
        for name in onnxruntime.get_all_providers()
        if name not in onnxruntime.get_available_providers()
    ][0]
    with pytest.raises(ValueError, match=f'no {absent}; it has .*CPU'):
        OnnxNetwork(network, providers=[absent])
    OnnxNetwork(network, threads=1, providers=['CPUExecutionProvider'])
