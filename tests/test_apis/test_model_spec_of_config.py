"""A specification is what the built config is."""

import pytest
from mmengine import Config

from mmpose_cmb.apis.model_spec_of_config import spec_of_config
from mmpose_cmb.paths import config_path
from mmpose_cmb.pose.model_spec import parse_spec


def config(name='cmb_itop_lift_demo.py'):
    return Config.fromfile(config_path(name))


def test_a_3d_config():
    spec = spec_of_config(config(), flip_test=True)
    assert spec.input_size == (64, 64)
    assert spec.box_padding == 1.0
    assert spec.half_range_m == spec.hole_value == 1.0
    assert spec.depth_unit_m is None and spec.background_m is None
    assert spec.flip_test is True and spec.space is True
    skeleton = spec.skeleton
    assert skeleton.name == 'itop'
    assert skeleton.keypoint_names[0] == 'head'
    assert len(skeleton.keypoint_names) == 15
    assert skeleton.flip_indices[2:4] == [3, 2]
    assert len(skeleton.links) == len(skeleton.link_colors) == 14
    assert skeleton.keypoint_colors[3] == (0, 255, 0)


def test_the_flip_test_is_the_configs():
    cfg = config()
    for flip_test in (False, True):
        cfg.model.test_cfg.flip_test = flip_test
        assert spec_of_config(cfg).flip_test is flip_test


def test_loaders_say_unit_and_background():
    spec = spec_of_config(config('cmb_k2hpd.py'))
    assert spec.depth_unit_m == 0.02 and spec.space is False
    assert spec_of_config(config('cmb_astar.py')).background_m == 0.83
    cfg = config('cmb_k2hpd.py')
    cfg.test_dataloader.dataset.pipeline[0].invalid_values = (0, 255)
    assert spec_of_config(cfg).invalid_values == (0, 255)


def test_scores_are_probabilities_where_the_head_has_tables():
    cfg = config()
    assert spec_of_config(cfg).calibrated is False
    cfg.model.head.calibrated = True
    spec = spec_of_config(cfg)
    assert spec.calibrated is True and parse_spec(spec.to_json(), 'x').calibrated is True


@pytest.mark.parametrize(
    'name',
    ['cmb_k2hpd.py', 'cmb_itop.py', 'cmb_itop_lift.py', 'cmb_astar.py', 'cmb_itop_lift_demo.py'],
)
def test_it_comes_back_from_a_file(name):
    spec = spec_of_config(config(name))
    assert parse_spec(spec.to_json(), 'end2end.onnx') == spec


def test_a_config_that_contradicts_itself_is_refused():
    cfg = config()
    cfg.model.head.decoder.half_range_m = 0.15
    with pytest.raises(
        ValueError, match='contradicts itself in half_range_m.*decoder: 1.0 and 0.15'
    ):
        spec_of_config(cfg)
    cfg = config()
    cfg.model.head.decoder.input_size = (96, 64)
    with pytest.raises(ValueError, match=r'size.*\(64, 64\) and \(96, 64\)'):
        spec_of_config(cfg)


def test_what_the_runtime_cannot_repeat_is_refused():
    cfg = config()
    pipeline = cfg.test_dataloader.dataset.pipeline
    pipeline.insert(2, dict(type='RandomDepthHoles'))
    with pytest.raises(ValueError, match='MMPose: RandomDepthHoles'):
        spec_of_config(cfg)

    cfg = config()
    cfg.test_dataloader.dataset.pipeline[0].type = 'LoadImage'
    with pytest.raises(ValueError, match='begins with LoadImage'):
        spec_of_config(cfg)

    cfg = config()
    del cfg.test_dataloader.dataset.pipeline[3]
    with pytest.raises(ValueError, match='must have, in this order'):
        spec_of_config(cfg)

    cfg = config()
    cfg.test_dataloader.dataset.pipeline[2].use_udp = False
    with pytest.raises(ValueError, match='use_udp=True'):
        spec_of_config(cfg)

    cfg = config()
    cfg.model.data_preprocessor.mean = [0.5]
    with pytest.raises(ValueError, match='mean and std'):
        spec_of_config(cfg)
