"""Engines of TensorRT 10 and 11, against a stand-in with the real ones' names."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip('mmdeploy')
pytest.importorskip('onnx')

import onnx

from mmpose.registry import MODELS
from mmpose_cmb.deploy import export_onnx, spec_of_config
from mmpose_cmb.deploy.deploy_model import deploy_model
from mmpose_cmb.deploy.half_precision import write_half_precision
from mmpose_cmb.deploy.pose_task import DepthPoseDetection
from mmpose_cmb.deploy.tensorrt_engine import TensorrtWrapper, build_engine
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.gpu_check.exported import shapes_in_depth
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.shipped import shipped_network

from . import record_tensorrt_api, tensorrt_standin

# Where pip leaves the real bindings, for whoever has them.
WHEELS = sorted(Path(__file__).parent.glob('tensorrt_cu*_bindings-*.whl'))
# What the linker has left no trace of but the name alone.
WITHOUT_CLASS = {
    'BuilderFlag.TF32',
    'ICudaEngine.create_execution_context',
    'IOptimizationProfile.set_shape',
    'Logger.ERROR',
    'MemoryPoolType.WORKSPACE',
    'NetworkDefinitionCreationFlag.STRONGLY_TYPED',
    'OnnxParser.get_error',
    'OnnxParser.parse_from_file',
    'TensorIOMode.INPUT',
    'TensorIOMode.NONE',
    'TensorIOMode.OUTPUT',
}


def recorded(wheel):
    if wheel is None:
        return json.loads(record_tensorrt_api.RECORD.read_text())
    return record_tensorrt_api.record(
        str(wheel), tensorrt_standin.used_names(), tensorrt_standin.used_methods()
    )


@pytest.mark.parametrize('wheel', [None, *WHEELS])
def test_the_real_bindings_have_all_names(wheel):
    api = recorded(wheel)
    assert tensorrt_standin.used_names() <= set(api['names'])
    assert tensorrt_standin.used_methods() == set(api['methods']) | WITHOUT_CLASS


def test_names_that_are_gone_are_not_found():
    """The reader itself: by strings, of which one may end another."""
    content = b'\0get_tensor_mode\0kFP16x\0num_errors\0_ZN8tensorrt14ICudaEngineDocL15get_xE.1\0'
    names = ('get_tensor_mode', 'errors', 'FP16', 'binding_is_input')
    found = [record_tensorrt_api.has_name(content, name) for name in names]
    assert found == [True, True, False, False]
    assert record_tensorrt_api.methods(content) == {'ICudaEngine.get_x'}


@pytest.mark.parametrize('half, largest', [(False, 1), (True, 3)])
def test_an_engine_gives_the_joints_of_the_file(tensorrt, half, largest, tmp_path):
    path = str(tmp_path / 'a.engine')
    shapes = {
        name: [batch, 1, 128, 128]
        for name, batch in dict(min_shape=1, opt_shape=1, max_shape=largest).items()
    }
    build_engine(shipped_network(), path, shapes, half, 1 << 20)
    crops = shapes_in_depth(4)
    engine = TensorrtWrapper(path, ['scores', 'keypoints'])
    found = engine({'input': torch.from_numpy(crops)})
    keypoints, scores, _ = OnnxNetwork(shipped_network())(crops)
    assert list(found) == ['scores', 'keypoints']
    off_px = np.linalg.norm(found['keypoints'].numpy() - keypoints, axis=-1)
    # Batches of another size are summed in another order; in float16 a joint
    # that does not stand out may be found elsewhere.
    assert np.quantile(off_px, 0.9) < (0.2 if half else 1e-3)
    off = np.abs(found['scores'].numpy() - scores)
    assert np.median(off) < (1e-2 if half else 1e-5) and (off.max() > 1e-5) == half
    with pytest.raises(ValueError, match=r'takes \[1, 1, 128, 128\] to .* of \[1, 1, 64, 64\]'):
        engine({'input': torch.zeros(1, 1, 64, 64)})


def test_half_precision_ends_where_the_heat_maps_do(tmp_path):
    path = str(tmp_path / 'half.onnx')
    write_half_precision(shipped_network(), path)
    graph = onnx.load(path).graph
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    assert len(convolutions) > 50
    assert all(name.endswith('_half') for node in convolutions for name in node.input)
    assert all(
        value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        for value in [*graph.input, *graph.output]
    )


def test_half_precision_of_a_network_as_it_was_trained(write_model, tmp_path):
    """With resizing and a regressor, which folding and lifting do without."""
    cfg, checkpoint = write_model('regressed')
    model = MODELS.build(cfg.model).eval()
    model.load_state_dict(torch.load(checkpoint)['state_dict'])
    path, half_path = str(tmp_path / 'a.onnx'), str(tmp_path / 'half.onnx')
    export_onnx(model, spec_of_config(cfg), path)
    write_half_precision(path, half_path)
    crops = np.random.default_rng(0).random((2, 1, 64, 64), np.float32)
    _, scores, _ = OnnxNetwork(path)(crops)
    _, found, _ = OnnxNetwork(half_path)(crops)
    assert 0 < np.abs(found - scores).max() < 0.02 * np.abs(scores).max()


@pytest.mark.parametrize('content, match', [(b'text', 'read it .no model'), (b'unbuildable', 'b')])
def test_a_file_that_makes_no_engine(tensorrt, content, match, tmp_path):
    (tmp_path / 'a.onnx').write_bytes(content)
    shapes = dict(min_shape=[1] * 4, opt_shape=[1] * 4, max_shape=[1] * 4)
    with pytest.raises(ValueError, match=f'a.onnx: TensorRT .*{match}'):
        build_engine(str(tmp_path / 'a.onnx'), str(tmp_path / 'a.engine'), shapes)
    assert not (tmp_path / 'a.engine').exists()
    (tmp_path / 'b.engine').write_bytes(b'of another GPU')
    with pytest.raises(ValueError, match='b.engine: TensorRT 11.4.0 cannot open it'):
        TensorrtWrapper(str(tmp_path / 'b.engine'), [])


@pytest.mark.parametrize(
    'config, device, match',
    [
        ('depth-pose_tensorrt_static-192x192', 'cpu', 'needs a GPU, not cpu: --device'),
        ('depth-pose_tensorrt_dynamic-batch-192x192', 'cuda:0', None),
        ('depth-pose_tensorrt-fp16_dynamic-batch-192x192', 'cuda:0', None),
    ],
)
def test_mmdeploys_config_builds_the_engine(
    tensorrt,
    config,
    device,
    match,
    write_model,
    deploy_config,
    person_depth_m,
    tmp_path,
    monkeypatch,
):
    cfg, checkpoint = write_model('pixels')
    deploy_cfg = deploy_config(config)
    deploy_cfg.onnx_config.input_shape = [64, 64]
    (model,) = deploy_cfg.backend_config.model_inputs
    for name, shape in model.input_shapes.input.items():
        model.input_shapes.input[name] = [shape[0], 1, 64, 64]
    deploy_cfg.backend_config.common_config.setdefault('fp16_mode', False)
    asked = []

    def build(onnx_path, engine_path, shapes, half, workspace_bytes):
        asked.append((dict(shapes), half, workspace_bytes))
        build_engine(onnx_path, engine_path, shapes, half, workspace_bytes)
        raise InterruptedError  # from here on the device is used

    monkeypatch.setattr('mmpose_cmb.deploy.tensorrt_engine.build_engine', build)
    monkeypatch.setattr(torch.cuda, 'device', lambda device: torch.device('cpu'))
    monkeypatch.setattr('mmpose_cmb.deploy.deploy_model.build_task_processor', _on_the_cpu)
    frame = DepthFrame(person_depth_m)
    with pytest.raises(ValueError if match else InterruptedError, match=match):
        deploy_model(deploy_cfg, cfg, checkpoint, frame, str(tmp_path / 'out'), None, device)
    if match is None:
        ((shapes, half, workspace_bytes),) = asked
        assert shapes['max_shape'] == [16, 1, 64, 64] and workspace_bytes == 1 << 30
        assert half == ('fp16' in config)
        assert (tmp_path / 'out' / 'end2end.engine').stat().st_size > 1000


def _on_the_cpu(model_cfg, deploy_cfg, device):
    return DepthPoseDetection(model_cfg, deploy_cfg, 'cpu')
