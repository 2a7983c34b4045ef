"""Frames and labels in which there is nothing to see: finite, or a message."""

import warnings

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate

from mmpose.models import build_pose_estimator
from mmpose_cmb import config_path
from mmpose_cmb.apis.model_spec_of_config import spec_of_config
from mmpose_cmb.apis.torch_networks import torch_network
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.pose.predictor import PosePredictor

CAMERA = (183.0, 183.0, 127.5, 105.5)
SMALL = dict(
    backbone=dict(stem_channels=(4, 4), stage_channels=((8,), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)),
)
BOXES = [None, [[84, 28, 170, 128]], [[100, 100, 100.001, 100.001]], [[-1e6, -1e6, 1e6, 1e6]],
         [[400, 400, 460, 480]], [[-1e30, -1e30, 1e30, 1e30]]]  # yapf: disable


def frames():
    wall = np.full((212, 256), 3, np.float32)
    person = wall.copy()
    person[40:180, 100:150] = 2
    pixel = np.zeros_like(wall)
    pixel[100, 120] = 2
    nearly_holes = np.where(np.random.default_rng(0).random(wall.shape) < 0.97, 0, person)
    return {
        'holes': np.zeros_like(wall),
        'one pixel': pixel,
        'one depth': wall,
        'cut off': person[:100, :125],
        'nearly holes': nearly_holes.astype(np.float32),
        'one row': wall[:1],
        '1 x 1': wall[:1, :1],
    }


@pytest.fixture(scope='module')
def config():
    return Config.fromfile(config_path('cmb_k2hpd_demo.py'))


@pytest.fixture
def model(config, mmpose_scope):
    torch.manual_seed(0)
    found = config.copy()
    found.merge_from_dict(dict(model=SMALL))
    return build_pose_estimator(found.model)


@pytest.mark.parametrize('name', frames())
def test_inference(name, model, config):
    spec = spec_of_config(config)
    predictor = PosePredictor(torch_network(model.eval(), spec.skeleton.flip_indices), spec)
    for bboxes in BOXES:
        # The camera of the whole frame is refused for a part of it.
        for camera in (CAMERA, None):
            try:
                frame = DepthFrame(frames()[name], camera, name)
                with warnings.catch_warnings():
                    warnings.simplefilter('error')
                    (persons,) = predictor.estimate([frame], [bboxes])
            except ValueError as error:
                assert str(error).startswith(f'{name}: ')
                continue
            for person in persons:
                assert np.isfinite(person.keypoints).all()
                assert np.isfinite(person.keypoint_scores).all()


@pytest.mark.parametrize('score', [np.nan, np.inf])
def test_a_box_with_a_score_that_is_none(score, model, config):
    spec = spec_of_config(config)
    predictor = PosePredictor(torch_network(model.eval(), spec.skeleton.flip_indices), spec)
    frame = DepthFrame(frames()['one depth'], CAMERA, 'a.png')
    with pytest.raises(ValueError, match='a.png: .* is not a box'):
        predictor.estimate([frame], [[[84, 28, 170, 128, score]]])


@pytest.mark.parametrize('name', frames())
@pytest.mark.parametrize('visible', [0, 1])
def test_training(name, visible, model, config):
    """A batch of one through the training's pipeline: a finite loss and gradient."""
    depth_m = frames()[name]
    pipeline = Compose([step for step in config.train_pipeline if step['type'][:4] != 'Load'])
    joints = np.random.default_rng(0).uniform(0, 100, (1, 19, 2)).astype(np.float32)
    sample = pipeline(
        dict(
            img=depth_m,
            img_path='a.png',
            ori_shape=depth_m.shape,
            img_shape=depth_m.shape,
            bbox=np.float32([[0, 0, 100, 100]]),
            bbox_score=np.ones(1, np.float32),
            keypoints=joints,
            keypoints_visible=np.full((1, 19), visible, np.float32),
            flip_indices=list(range(19)),
            dataset_keypoint_weights=np.ones(19, np.float32),
        )
    )
    batch = model.data_preprocessor(pseudo_collate([sample]), training=True)
    assert torch.isfinite(batch['inputs']).all()
    loss, _ = model.train().parse_losses(model(**batch, mode='loss'))
    loss.backward()
    assert torch.isfinite(loss) and (loss > 0) == bool(visible)
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)
