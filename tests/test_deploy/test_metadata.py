"""What an exported file says of itself."""
import json

import pytest
from mmengine import Config

from mmpose_cmb.deploy import metadata_from_config
from mmpose_cmb.deploy.metadata import to_json
from mmpose_cmb.runtime.model_description import parse_description

from .conftest import CONFIGS


def config(name='cmb_itop_lift_demo.py'):
    return Config.fromfile(CONFIGS / name)


def test_a_3d_config():
    metadata = metadata_from_config(config(), flip_test=True)
    assert metadata['input_size'] == [64, 64]
    assert metadata['box_padding'] == 1.0
    assert metadata['half_range_m'] == metadata['hole_value'] == 1.0
    assert metadata['depth_unit_m'] is None
    assert metadata['flip_test'] is True and metadata['space'] is True
    dataset = metadata['dataset']
    assert dataset['name'] == 'itop'
    assert dataset['keypoints'][0] == 'head' and len(
        dataset['keypoints']) == 15
    assert dataset['flip_indices'][2] == 3 and dataset['flip_indices'][3] == 2
    assert len(dataset['links']) == len(dataset['link_colors'])
    assert json.loads(to_json(metadata)) == metadata


def test_loaders_say_unit_and_background():
    metadata = metadata_from_config(config('cmb_k2hpd.py'))
    assert metadata['depth_unit_m'] == 0.02 and metadata['space'] is False
    metadata = metadata_from_config(config('cmb_astar.py'))
    assert metadata['background_m'] == 0.83


@pytest.mark.parametrize('name', [
    'cmb_k2hpd.py', 'cmb_itop.py', 'cmb_itop_lift.py', 'cmb_astar.py',
    'cmb_itop_lift_demo.py'
])
def test_the_runtime_understands_it(name):
    metadata = metadata_from_config(config(name))
    description = parse_description(to_json(metadata), 'end2end.onnx')
    assert list(description.input_size) == metadata['input_size']
    assert description.space == metadata['space']
    assert len(description.skeleton.keypoint_names) == len(
        metadata['dataset']['flip_indices'])


def test_what_the_runtime_cannot_repeat_is_refused():
    cfg = config()
    pipeline = cfg.test_dataloader.dataset.pipeline
    pipeline.insert(2, dict(type='RandomDepthHoles'))
    with pytest.raises(ValueError, match='MMPose: RandomDepthHoles'):
        metadata_from_config(cfg)

    cfg = config()
    cfg.test_dataloader.dataset.pipeline[0].type = 'LoadImage'
    with pytest.raises(ValueError, match='MMPose: LoadImage'):
        metadata_from_config(cfg)

    cfg = config()
    del cfg.test_dataloader.dataset.pipeline[3]
    with pytest.raises(ValueError, match='must have, in this order'):
        metadata_from_config(cfg)

    cfg = config()
    cfg.test_dataloader.dataset.pipeline[2].use_udp = False
    with pytest.raises(ValueError, match='use_udp=True'):
        metadata_from_config(cfg)

    cfg = config()
    cfg.model.data_preprocessor.mean = [0.5]
    with pytest.raises(ValueError, match='mean and std'):
        metadata_from_config(cfg)
