"""Every public config on a GPU that is only imagined: no tensor stays behind.

The backward pass needs a real device.
"""

import copy
import sys

import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.dataset import Compose, pseudo_collate
from torch._subclasses.fake_tensor import FakeTensorDeviceMismatchError

from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS, MODELS
from mmpose_cmb.analysis.complexity import measure_complexity
from mmpose_cmb.apis.model_spec_of_config import spec_of_config
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.models.joint_network import JointNetwork, gives_tensors
from mmpose_cmb.paths import config_names, find_config

from .imagined_cuda import imagined_cuda, move, on_cuda

pytestmark = pytest.mark.slow
PUBLIC = [name for name in config_names() if not name.startswith('deploy/')]


def batch_of(cfg):
    """Two samples as the training pipeline packs them, without its loading."""
    dataset = cfg.train_dataloader.dataset
    metainfo = parse_pose_metainfo(DATASETS.get(dataset.type).METAINFO)
    number = metainfo['num_keypoints']
    rng = np.random.default_rng(0)
    samples = []
    for _ in range(2):
        depth_m = np.full((240, 320), 4.0, np.float32)
        depth_m[40:230, 120:200] = 2.5
        joints = rng.uniform((120, 40), (200, 230), (1, number, 2)).astype(np.float32)
        cam = np.concatenate([joints / 100, np.full((1, number, 1), 2.5)], -1)
        sample = dict(
            img=depth_m,
            img_path='frame',
            bbox=np.float32([[110, 30, 210, 235]]),
            bbox_score=np.ones(1, np.float32),
            keypoints=joints,
            keypoints_visible=np.ones((1, number), np.float32),
            keypoints_cam=cam.astype(np.float32),
            intrinsics=np.float32(ITOP_CAMERA[:4]),
            **{
                key: metainfo[key]
                for key in ('flip_indices', 'upper_body_ids', 'lower_body_ids', 'flip_pairs')
            },
            dataset_keypoint_weights=metainfo['dataset_keypoint_weights'],
            sequence_index=0,
            img_shape=(240, 320),
            ori_shape=(240, 320),
            id=0,
            img_id=0,
            category_id=1,
        )
        samples.append(Compose(dataset.pipeline[1:])(sample))
    return pseudo_collate(samples)


def zeros_like(values, **_):
    """Arrays of the shape of tensors whose values nobody knows."""
    if isinstance(values, torch.Tensor):
        return np.zeros(values.shape, np.float32)
    return [zeros_like(value) for value in values]


def devices(tensors):
    return {tensor.device.type for tensor in tensors}


def imagined(mode, data):
    """A packed batch whose tensors are imagined ones on the CPU."""
    data['inputs'] = [mode.from_tensor(image) for image in data['inputs']]
    for sample in data['data_samples']:
        for part in ('gt_fields', 'gt_instance_labels'):
            for key, value in getattr(sample, part, {}).items():
                if isinstance(value, torch.Tensor):
                    getattr(sample, part).set_field(mode.from_tensor(value), key)
    return data


@pytest.mark.parametrize('name', PUBLIC)
def test_nothing_stays_on_the_cpu(name, mmpose_scope, monkeypatch):
    # MMEngine's looks at the values of sizes, which are alike here.
    monkeypatch.setattr(
        'mmengine.model.base_model.data_preprocessor.stack_batch',
        lambda images, *_: torch.stack(images),
    )
    # The accuracy in training is taken by numpy, which wants values.
    for module in [m for name, m in sys.modules.items() if '.models.heads.' in name]:
        if hasattr(module, 'to_numpy'):
            monkeypatch.setattr(module, 'to_numpy', zeros_like)
    cfg = Config.fromfile(find_config(name))
    model = MODELS.build(cfg.model)
    folded = []
    if gives_tensors(model):
        copies = copy.deepcopy(model).eval()
        folded = [fold_for_inference(copies, way) for way in ('pytorch', 'onnxruntime')]
    data = batch_of(cfg)
    for block in model.train().modules():
        if hasattr(block, 'begin_step'):
            block.begin_step([True, True])
    with imagined_cuda() as mode, torch.no_grad():
        move(mode, model)
        batch = model.data_preprocessor(imagined(mode, data), True)
        assert batch['inputs'].device.type == 'cuda'
        losses = model(batch['inputs'], batch['data_samples'], mode='loss')
        assert devices(losses.values()) == {'cuda'}
        assert model.eval()(batch['inputs'], None, mode='tensor') is not None
        if not folded:
            return
        flip_indices = spec_of_config(cfg).skeleton.flip_indices
        networks = [(model, False), (model, True)]
        networks += [(move(mode, one), True) for one in folded]
        for network, flip_test in networks:
            joints = JointNetwork(network, flip_test, flip_indices)
            assert devices(joints(batch['inputs'])) == {'cuda'}


def test_complexity_is_measured_where_the_model_is(mmpose_scope, monkeypatch):
    cfg = Config.fromfile(find_config('cmb_itop_lift_demo'))
    model = MODELS.build(cfg.model)
    expected = measure_complexity(model).multiply_adds
    # Weights that are imagined cannot be written.
    monkeypatch.setattr(torch, 'save', lambda *_: None)
    with imagined_cuda() as mode:
        assert measure_complexity(move(mode, model)).multiply_adds == expected > 0


def test_a_tensor_left_on_the_cpu_is_found(mmpose_scope):
    """The test above on a network with a mistake."""
    cfg = Config.fromfile(find_config('cmb_itop_lift_demo'))
    model = MODELS.build(cfg.model).eval()
    crops = torch.zeros(1, 1, 64, 64)
    with imagined_cuda() as mode, torch.no_grad():
        move(mode, model)
        crops = on_cuda(mode, crops)
        model(crops, None, mode='tensor')
        forward = model.head.final_layer.forward
        planted = torch.ones(1)
        model.head.final_layer.forward = lambda x: forward(x) * planted.expand(x.shape[2:])
        with pytest.raises(FakeTensorDeviceMismatchError, match='cuda:0 and cpu'):
            model(crops, None, mode='tensor')
