"""From checkpoint to deployed file, through MMDeploy."""

import cv2
import numpy as np
import pytest
import torch
from mmengine import Config

pytest.importorskip('mmdeploy')
pytest.importorskip('onnx')

from mmdeploy.apis.utils import build_task_processor
from mmdeploy.utils import Backend

from mmpose_cmb.deploy.backend_model import DepthPoseBackendModel
from mmpose_cmb.deploy.deploy_model import check_backend, deploy_model
from mmpose_cmb.deploy.exported_file import read_spec
from mmpose_cmb.deploy.score_deployed import score_deployed
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.shipped import shipped_network

from .conftest import CONFIGS

STATIC = 'depth-pose_onnxruntime_static'
DYNAMIC = 'depth-pose_onnxruntime_dynamic-batch'
TORCHSCRIPT = 'depth-pose_torchscript'


BOX = np.float32([[100, 40, 220, 230]])


# ONNX Runtime's metric comes with the tool's test.
@pytest.mark.parametrize(
    'name, backend, flip_test',
    [
        ('lifted', DYNAMIC, True),
        ('regressed', TORCHSCRIPT, False),
        ('lifted', 'depth-pose_openvino', False),
    ],
)
def test_the_deployed_file_is_the_model(
    name, backend, flip_test, write_model, deploy_config, person_depth_m, itop_intrinsics, tmp_path
):
    if backend == 'depth-pose_openvino':
        pytest.importorskip('openvino')
    cfg, checkpoint = write_model(name)
    frame = DepthFrame(person_depth_m, itop_intrinsics)
    deploy_cfg = deploy_config(backend, flip_test=flip_test)
    if 'precision' in deploy_cfg.backend_config:
        deploy_cfg.backend_config.precision = 'float32'
    out = tmp_path / 'deployed'
    deployed = deploy_model(deploy_cfg, cfg, checkpoint, frame, str(out), BOX)

    assert deployed.differences['heatmaps'] < 1e-4
    assert deployed.differences['keypoints'] < 0.05
    assert deployed.differences['keypoints_uvd'] < 0.05
    (person,) = deployed.persons
    np.testing.assert_array_equal(person.bbox, BOX[0])
    assert np.isfinite(person.keypoints_cam).all()
    spec = read_spec(deployed.files[0])
    assert spec.flip_test is flip_test and spec.space is True
    # Nothing but the results is left.
    assert {path.name for path in out.iterdir()} == {
        deployed.files[0].split('/')[-1],
        'output_pytorch.png',
        f'output_{deploy_cfg.backend_config.type}.png',
    }
    pictures = [cv2.imread(path) for path in deployed.pictures]
    assert pictures[0].shape == pictures[1].shape
    # Joints that differ in the last digit may be drawn a pixel apart.
    assert np.mean(pictures[0] != pictures[1]) < 0.01


def test_the_data_sets_metric_is_the_same(
    write_model, deploy_config, k2hpd_root, person_depth_m, tmp_path
):
    cfg, checkpoint = write_model('pixels')
    cfg.merge_from_dict(
        {
            'test_dataloader.dataset.data_root': str(k2hpd_root),
            'test_dataloader.num_workers': 0,
            'test_evaluator': [dict(type='EPE')],
        }
    )
    deploy_cfg = deploy_config(TORCHSCRIPT, flip_test=True)
    deployed = deploy_model(deploy_cfg, cfg, checkpoint, DepthFrame(person_depth_m), str(tmp_path))
    assert deployed.differences['heatmaps'] < 1e-4
    assert deployed.differences['keypoints'] < 0.05
    assert read_spec(deployed.files[0]).space is False
    # The exported file says that it has a flip test, whatever the config.
    deploy_cfg = deploy_config(TORCHSCRIPT, flip_test=False)
    found, expected = score_deployed(deploy_cfg, cfg, deployed.files, str(tmp_path), checkpoint)
    assert deploy_cfg.codebase_config.flip_test is False
    assert expected['EPE'] > 1
    assert abs(found['EPE'] - expected['EPE']) < 0.01
    cfg.model.head.decoder.input_size = (32, 32)
    cfg.test_dataloader.dataset.pipeline[2].input_size = (32, 32)
    with pytest.raises(ValueError, match=r'exported for crops of \[64, 64\]'):
        score_deployed(deploy_cfg, cfg, deployed.files, str(tmp_path))


def test_mistakes_are_named(write_model, deploy_config, person_depth_m, tmp_path, monkeypatch):
    cfg, checkpoint = write_model('pixels')

    def deploy(
        match,
        error=ValueError,
        config=STATIC,
        checkpoint=checkpoint,
        depth_m=person_depth_m,
        **options,
    ):
        with pytest.raises(error, match=match):
            deploy_model(
                deploy_config(config, **options),
                cfg,
                checkpoint,
                DepthFrame(depth_m),
                str(tmp_path / 'out'),
            )

    deploy('no such checkpoint', FileNotFoundError, checkpoint='missing.pth')
    text = tmp_path / 'text.pth'
    text.write_text('nothing')
    deploy('text.pth: not a checkpoint', checkpoint=str(text))
    foreign = tmp_path / 'foreign.pth'
    torch.save(dict(state_dict=dict(weight=torch.zeros(1))), foreign)
    deploy('foreign.pth: the checkpoint is not one', checkpoint=str(foreign))
    deploy('nobody is found', depth_m=np.zeros((240, 320), np.float32))
    deploy('must be metres', depth_m=np.full((240, 320), 2000, np.uint16))
    deploy(
        r'crops of \[192, 192\].*model is for \[64, 64\]|tensorrt is not',
        config='depth-pose_tensorrt_static-192x192',
    )
    with pytest.raises(ValueError, match='backend ncnn is not one'):
        check_backend(Config(dict(backend_config=dict(type='ncnn'))))
    monkeypatch.setattr('onnxruntime.get_available_providers', lambda: ['CPUExecutionProvider'])
    with pytest.raises(ValueError, match='ONNX Runtime cannot use cuda here .*: pip install "onn'):
        check_backend(deploy_config(STATIC), 'cuda:0')
    assert not list(tmp_path.glob('out/*'))


def test_onnx_runtime_that_steps_back_to_the_cpu_is_an_error(write_model, deploy_config):
    """As onnxruntime-gpu does without CUDA's libraries."""
    cfg, _ = write_model('pixels')
    with pytest.raises(ValueError, match='cannot use cuda here .its libraries, or a GPU'):
        DepthPoseBackendModel(
            Backend.ONNXRUNTIME,
            [shipped_network()],
            'cuda:0',
            deploy_cfg=deploy_config(STATIC),
            model_cfg=cfg,
        )


def test_mmdeploys_8_bit_ways_are_refused(write_model, deploy_config):
    cfg, _ = write_model('pixels')
    task = build_task_processor(cfg, deploy_config(STATIC), 'cpu')
    for way in (task.get_preprocess, task.create_input, task.visualize):
        with pytest.raises(ValueError, match='8-bit pictures only'):
            way('frame.png')


@pytest.mark.parametrize('fp16', ['', '-fp16'])
def test_tensorrt_configs_fit_the_papers_model(fp16, deploy_config):
    deploy_cfg = deploy_config(f'depth-pose_tensorrt{fp16}_static-192x192')
    cfg = Config.fromfile(CONFIGS / 'cmb_itop_lift.py')
    assert deploy_cfg.backend_config.common_config.fp16_mode is bool(fp16)
    shapes = deploy_cfg.backend_config.model_inputs[0].input_shapes.input
    width, height = cfg.codec.input_size
    assert list(shapes.max_shape) == [1, 1, height, width]
    assert list(deploy_cfg.onnx_config.input_shape) == [width, height]
