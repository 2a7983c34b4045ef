"""A small network with joints in space, and frames with a person's block."""

import logging

import h5py
import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope

from mmpose.registry import MODELS
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.paths import config_path

SMALL = dict(
    backbone=dict(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)),
)
INTRINSICS = ITOP_CAMERA[:4]


def person_frame(shift=0):
    """A rounded column of a person's size 2.5 m away, a wall at 4 m."""
    depth_m = np.full((240, 320), 4, np.float32)
    column = 2.5 + np.linspace(-1, 1, 60) ** 2 * 0.3
    depth_m[40:230, 120 + shift : 180 + shift] = column
    depth_m[:4] = 0
    return depth_m


def load_config(name='cmb_itop_lift_demo.py', **changes):
    config = Config.fromfile(config_path(name))
    config.merge_from_dict(dict(model=SMALL, **changes))
    return config


def random_weights(config, path, seed=0):
    """Save a random network whose heat maps differ between frames."""
    init_default_scope('mmpose')
    torch.manual_seed(seed)
    model = MODELS.build(config.model)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    meta = dict(dataset_meta=_dataset_meta(config))
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return str(path)


def _dataset_meta(config):
    from mmpose.apis.inference import dataset_meta_from_config

    return dataset_meta_from_config(config, 'test')


@pytest.fixture(scope='session')
def config():
    return load_config()


@pytest.fixture(scope='session')
def weights(config, tmp_path_factory):
    return random_weights(config, tmp_path_factory.mktemp('weights') / 'small.pth')


@pytest.fixture(scope='session')
def inferencer(config, weights):
    return DepthPoseInferencer(config, weights, device='cpu', detector='none')


@pytest.fixture
def log_messages():
    """(level, message) of what is said in MMEngine's log."""
    messages = []

    class Collect(logging.Handler):
        def emit(self, record):
            messages.append((record.levelname, record.getMessage()))

    collect = Collect(logging.INFO)
    logger = MMLogger.get_current_instance()
    logger.addHandler(collect)
    yield messages
    logger.removeHandler(collect)


@pytest.fixture
def itop_files(tmp_path):
    """Depth and label files of 6 test frames, a person in each."""
    depth_m = np.stack([person_frame(6 * i) for i in range(6)])
    ids = np.array([f'00_{i:05d}' for i in range(6)], 'S')
    # ITOP's frame: y up. On the column's axis, 10 cm inside.
    world = np.zeros((6, 15, 3), np.float32)
    world[..., 1] = np.linspace(0.6, -0.7, 15)
    world[..., 2] = 2.6
    world[..., 0] = (np.arange(6)[:, None] * 6 - 10) * 0.0035 * 2.6
    pixels = np.stack(
        [
            160 + world[..., 0] / (0.0035 * world[..., 2]),
            120 - world[..., 1] / (0.0035 * world[..., 2]),
        ],
        -1,
    )
    name = tmp_path / 'ITOP_side_test_{}.h5'
    with h5py.File(str(name).format('depth_map'), 'w') as file:
        file['data'], file['id'] = depth_m.astype(np.float16), ids
    with h5py.File(str(name).format('labels'), 'w') as file:
        file['id'] = ids
        file['is_valid'] = np.ones(6, np.uint8)
        file['visible_joints'] = np.ones((6, 15), np.int16)
        file['image_coordinates'] = np.rint(pixels).astype(np.int16)
        file['real_world_coordinates'] = world.astype(np.float16)
        file['segmentation'] = np.full((6, 240, 320), -1, np.int8)
    return tmp_path
