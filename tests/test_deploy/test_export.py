"""Exporting without MMDeploy."""

import numpy as np
import pytest
import torch
from mmengine.runner import load_checkpoint

from mmpose.registry import MODELS
from mmpose_cmb.deploy import export_onnx, export_torchscript, spec_of_config
from mmpose_cmb.deploy.exported_file import read_spec
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.models.joint_network import JointNetwork

ort = pytest.importorskip('onnxruntime')


@pytest.fixture
def build(write_model):

    def make(name):
        cfg, checkpoint = write_model(name)
        model = MODELS.build(cfg.model).eval()
        load_checkpoint(model, checkpoint, logger='silent')
        return model, spec_of_config(cfg, False)

    return make


@pytest.mark.parametrize('flip_test', [False, True])
@pytest.mark.parametrize('name', ['pixels', 'lifted', 'regressed'])
def test_any_batch_as_the_network(name, flip_test, build, tmp_path):
    model, spec = build(name)
    path = str(tmp_path / 'model.onnx')
    spec = spec._replace(flip_test=flip_test)
    export_onnx(model, spec, path, dynamic_batch=True)
    assert read_spec(path) == spec
    session = ort.InferenceSession(path)
    names = [output.name for output in session.get_outputs()]
    assert (
        names
        == ['heatmaps', 'keypoints', 'scores', 'keypoints_uvd'][: 3 if name == 'pixels' else 4]
    )

    torch.manual_seed(1)
    crops = torch.rand(3, 1, 64, 64) * 2 - 1
    network = JointNetwork(model, flip_test, spec.skeleton.flip_indices)
    with torch.no_grad():
        expected = network(crops)
    found = session.run(None, dict(input=crops.numpy()))
    limits = (1e-4, 0.05, 1e-4, 0.05)
    for a, b, limit in zip(found, expected, limits):
        np.testing.assert_allclose(a, b, rtol=0, atol=limit)


def test_the_flip_test_is_mmposes(build):
    model, spec = build('pixels')
    model.test_cfg['flip_test'] = True
    model.test_cfg['output_heatmaps'] = True
    flip_indices = spec.skeleton.flip_indices
    crops = torch.rand(2, 1, 64, 64)
    from mmpose.structures import PoseDataSample

    samples = [PoseDataSample(metainfo=dict(flip_indices=flip_indices)) for _ in crops]
    with torch.no_grad():
        feats = [model.extract_feat(c) for c in (crops, crops.flip(-1))]
        preds, maps = model.head.predict(feats, samples, model.test_cfg)
        found = JointNetwork(model, True, flip_indices)(crops)
    torch.testing.assert_close(found[0], torch.stack([m.heatmaps for m in maps]))
    np.testing.assert_allclose(found[1], np.concatenate([p.keypoints for p in preds]), atol=1e-3)


@pytest.mark.filterwarnings('ignore')  # of tracing
@pytest.mark.parametrize('name', ['pixels', 'lifted', 'regressed'])
def test_a_traced_graph_follows_its_device(name, build):
    # On "meta", which every machine has: a constant left on the CPU would be
    # an error, as on a GPU.
    model, spec = build(name)
    network = JointNetwork(fold_for_inference(model), True, spec.skeleton.flip_indices)
    crop = torch.rand(1, 1, 64, 64)
    traced = torch.jit.trace(network, crop, check_trace=False)
    outputs = traced.to('meta')(crop.to('meta'))
    assert {output.device.type for output in outputs} == {'meta'}


@pytest.mark.filterwarnings('ignore')  # of tracing
def test_torchscript_for_any_batch(build, tmp_path):
    model, spec = build('lifted')
    path = str(tmp_path / 'model.pt')
    export_torchscript(fold_for_inference(model), spec, path)
    assert read_spec(path) == spec
    crops = torch.rand(3, 1, 64, 64) * 2 - 1
    found = torch.jit.load(path)(crops)
    with torch.no_grad():
        expected = JointNetwork(model)(crops)
    for a, b, limit in zip(found, expected, (1e-4, 0.05, 1e-4, 0.05)):
        np.testing.assert_allclose(a, b, rtol=0, atol=limit)


def test_a_specification_of_another_model_is_refused(build, tmp_path):
    model, spec = build('pixels')
    path = str(tmp_path / 'model.onnx')
    with pytest.raises(ValueError, match='says 3D, and the model gives 3'):
        export_onnx(model, spec._replace(space=True), path)
    _, other = build('lifted')
    with pytest.raises(ValueError, match='names 15 joints.*gives 19'):
        export_onnx(model, other._replace(space=False), path)
    assert not list(tmp_path.glob('*.onnx'))


def test_mistakes_are_named_and_leave_no_file(build, tmp_path):
    model, spec = build('pixels')
    path = tmp_path / 'model.onnx'
    with pytest.raises(ValueError, match='model.eval'):
        export_onnx(model.train(), spec, str(path))
    model.eval()
    with pytest.raises(Exception, match='opset'):
        export_onnx(model, spec, str(path), opset=99)
    assert not list(tmp_path.glob('*.onnx')) and not list(tmp_path.glob('.*'))
    with pytest.raises(ValueError, match='flip_indices'):
        JointNetwork(model, flip_test=True)
    model.head = torch.nn.Identity()
    with pytest.raises(ValueError, match='Identity with its codec cannot be exp'):
        JointNetwork(model)


def test_files_of_others_are_told(tmp_path):
    path = tmp_path / 'model.onnx'
    with pytest.raises(FileNotFoundError, match='no such exported model'):
        read_spec(str(path))
    path.write_bytes(b'\xff\xff no model')
    with pytest.raises(ValueError, match='not an exported model'):
        read_spec(str(path))
