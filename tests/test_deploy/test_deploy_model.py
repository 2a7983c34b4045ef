"""From checkpoint to deployed file, through MMDeploy."""
import cv2
import numpy as np
import pytest
import torch
from mmengine import Config

pytest.importorskip('mmdeploy')
pytest.importorskip('onnx')

from mmdeploy.apis.utils import build_task_processor  # noqa: E402

from mmpose_cmb.deploy.deploy_model import (check_backend,  # noqa: E402
                                            deploy_model)
from mmpose_cmb.deploy.exported_file import read_metadata  # noqa: E402
from mmpose_cmb.deploy.score_deployed import score_deployed  # noqa: E402

from .conftest import CONFIGS  # noqa: E402

STATIC = 'depth-pose_onnxruntime_static'
DYNAMIC = 'depth-pose_onnxruntime_dynamic-batch'
TORCHSCRIPT = 'depth-pose_torchscript'


# Each export costs MMDeploy seconds: the model in pixels comes with the metric
# below, ONNX Runtime's metric with the tool's test.
@pytest.mark.parametrize('name, backend, flip_test', [
    ('lifted', DYNAMIC, True),
    ('regressed', TORCHSCRIPT, False),
])
def test_the_deployed_file_is_the_model(name, backend, flip_test, write_model,
                                        deploy_config, person_depth_m,
                                        itop_intrinsics, tmp_path):
    cfg, checkpoint = write_model(name)
    image = str(tmp_path / 'frame.png')
    cv2.imwrite(image, np.rint(person_depth_m * 1000).astype(np.uint16))
    deploy_cfg = deploy_config(
        backend,
        flip_test=flip_test,
        depth_unit_m=0.001,
        intrinsics=itop_intrinsics,
        bbox=(100, 40, 220, 230))
    out = tmp_path / 'deployed'
    deployed = deploy_model(deploy_cfg, cfg, checkpoint, image, str(out))

    assert deployed.differences['heatmaps'] < 1e-4
    assert deployed.differences['keypoints'] < 0.05
    assert deployed.differences['keypoints_uvd'] < 0.05
    metadata = read_metadata(deployed.files[0])
    assert metadata['flip_test'] is flip_test and metadata['space'] is True
    # Nothing but the results is left.
    assert {path.name for path in out.iterdir()} == {
        deployed.files[0].split('/')[-1], 'output_pytorch.png',
        f'output_{deploy_cfg.backend_config.type}.png'
    }
    pictures = [cv2.imread(path) for path in deployed.pictures]
    assert pictures[0].shape == pictures[1].shape
    # Joints that differ in the last digit may be drawn a pixel apart.
    assert np.mean(pictures[0] != pictures[1]) < 0.01


def test_the_data_sets_metric_is_the_same(write_model, deploy_config,
                                          k2hpd_root, person_depth_m,
                                          tmp_path):
    cfg, checkpoint = write_model('pixels')
    cfg.merge_from_dict({
        'test_dataloader.dataset.data_root': str(k2hpd_root),
        'test_dataloader.num_workers': 0,
        'test_evaluator': [dict(type='EPE')],
    })
    deploy_cfg = deploy_config(TORCHSCRIPT, flip_test=True)
    image = person_depth_m.copy()
    deployed = deploy_model(deploy_cfg, cfg, checkpoint, image, str(tmp_path))
    assert deployed.differences['heatmaps'] < 1e-4
    assert deployed.differences['keypoints'] < 0.05
    assert read_metadata(deployed.files[0])['space'] is False
    # The exported file says that it has a flip test, whatever the config.
    deploy_cfg = deploy_config(TORCHSCRIPT, flip_test=False)
    found, expected = score_deployed(
        deploy_cfg, cfg, deployed.files, str(tmp_path), checkpoint)
    assert expected['EPE'] > 1
    assert abs(found['EPE'] - expected['EPE']) < 0.01
    cfg.codec.input_size = (32, 32)
    with pytest.raises(ValueError, match=r'exported for crops of \[64, 64\]'):
        score_deployed(deploy_cfg, cfg, deployed.files, str(tmp_path))


def test_the_person_is_looked_for_where_the_camera_is_known(
        write_model, deploy_config, person_depth_m, itop_intrinsics):
    cfg, _ = write_model('lifted')
    task = build_task_processor(
        cfg, deploy_config(STATIC, intrinsics=itop_intrinsics), 'cpu')
    batch, crops = task.create_input(person_depth_m)
    box = batch['data_samples'][0].gt_instances.bboxes[0]
    # The body of boxes, and 10 cm around it.
    np.testing.assert_allclose(box, [106, 46, 213, 233], atol=4)
    assert crops[0].shape == (1, 64, 64)

    # Without the camera the whole image, and no joints in space.
    task = build_task_processor(cfg, deploy_config(STATIC), 'cpu')
    with pytest.warns(UserWarning, match='intrinsics are not known'):
        batch, _ = task.create_input(person_depth_m)
    np.testing.assert_array_equal(
        batch['data_samples'][0].gt_instances.bboxes[0], [0, 0, 319, 239])


def test_units_of_images(write_model, deploy_config, person_depth_m, tmp_path):
    cfg, _ = write_model('pixels')  # its loader says 0.02 m a level
    task = build_task_processor(cfg, deploy_config(STATIC), 'cpu')
    grey = np.rint(person_depth_m / 0.02).astype(np.uint8)
    np.testing.assert_allclose(
        task.read_frame(grey).depth_m, person_depth_m, atol=0.011)
    np.testing.assert_array_equal(
        task.read_frame(person_depth_m).depth_m, person_depth_m)
    task = build_task_processor(cfg, deploy_config(STATIC, depth_unit_m=0.01),
                                'cpu')
    np.testing.assert_allclose(
        task.read_frame(grey).depth_m, person_depth_m / 2, atol=0.006)


def test_mistakes_are_named(write_model, deploy_config, person_depth_m,
                            tmp_path):
    cfg, checkpoint = write_model('pixels')

    def deploy(match, error=ValueError, config=STATIC, checkpoint=checkpoint,
               image=person_depth_m, **options):
        with pytest.raises(error, match=match):
            deploy_model(
                deploy_config(config, **options), cfg, checkpoint, image,
                str(tmp_path / 'out'))

    deploy('no such checkpoint', FileNotFoundError, checkpoint='missing.pth')
    text = tmp_path / 'text.pth'
    text.write_text('nothing')
    deploy('text.pth: not a checkpoint', checkpoint=str(text))
    foreign = tmp_path / 'foreign.pth'
    torch.save(dict(state_dict=dict(weight=torch.zeros(1))), foreign)
    deploy('foreign.pth: the checkpoint is not one', checkpoint=str(foreign))
    deploy('no such file', FileNotFoundError, image='missing.png')
    deploy('nobody is found', image=np.zeros((240, 320), np.float32))
    deploy('frame 3 is not among the 1', frame=3)
    deploy(r'crops of \[192, 192\].*model is for \[64, 64\]|tensorrt is not',
           config='depth-pose_tensorrt_static-192x192')
    with pytest.raises(ValueError, match='backend openvino is not one'):
        check_backend(Config(dict(backend_config=dict(type='openvino'))))
    assert not list(tmp_path.glob('out/*'))


def test_mmdeploys_sdk_is_refused(write_model, deploy_config):
    cfg, _ = write_model('pixels')
    task = build_task_processor(cfg, deploy_config(STATIC), 'cpu')
    with pytest.raises(ValueError, match='8-bit images only'):
        task.get_preprocess()


@pytest.mark.parametrize('fp16', ['', '-fp16'])
def test_tensorrt_configs_fit_the_papers_model(fp16, deploy_config):
    deploy_cfg = deploy_config(f'depth-pose_tensorrt{fp16}_static-192x192')
    cfg = Config.fromfile(CONFIGS / 'cmb_itop_lift.py')
    assert deploy_cfg.backend_config.common_config.fp16_mode is bool(fp16)
    shapes = deploy_cfg.backend_config.model_inputs[0].input_shapes.input
    width, height = cfg.codec.input_size
    assert list(shapes.max_shape) == [1, 1, height, width]
    assert list(deploy_cfg.onnx_config.input_shape) == [width, height]
