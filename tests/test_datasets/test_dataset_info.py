from copy import deepcopy
from pathlib import Path

import pytest
from mmengine import Config

from mmpose_cmb import paths
from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.datasets.joint_table import make_dataset_info
from mmpose_cmb.paths import config_path

K2HPD = dict(from_file='configs/_base_/datasets/k2hpd.py')


def _k2hpd_info():
    info = Config.fromfile(config_path('_base_/datasets/k2hpd.py'))
    return deepcopy(info.dataset_info.to_dict())


def test_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse_depth_metainfo(K2HPD)['num_keypoints'] == 19


def test_a_file_of_ones_own_comes_first(tmp_path, monkeypatch):
    folder = tmp_path / 'configs' / '_base_' / 'datasets'
    folder.mkdir(parents=True)
    text = Path(config_path('_base_/datasets/k2hpd.py')).read_text()
    (folder / 'k2hpd.py').write_text(text.replace("dataset_name='k2hpd'", "dataset_name='mine'"))
    monkeypatch.chdir(tmp_path)
    assert parse_depth_metainfo(K2HPD)['dataset_name'] == 'mine'


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match='nowhere/none.py'):
        parse_depth_metainfo(dict(from_file='nowhere/none.py'))


def test_k2hpd_joints():
    info = parse_depth_metainfo(K2HPD)
    names = [info['keypoint_id2name'][i] for i in range(19)]
    assert names[:6] == [
        'head',
        'neck',
        'mid_spine',
        'right_shoulder',
        'right_elbow',
        'right_hand',
    ]
    assert names[15:] == ['spine_shoulder', 'spine_base', 'right_wrist', 'left_wrist']
    pairs = {frozenset(pair) for pair in info['flip_pairs']}
    assert pairs == {
        frozenset(p) for p in [(3, 6), (4, 7), (5, 8), (9, 12), (10, 13), (11, 14), (17, 18)]
    }
    assert [info['flip_indices'][i] for i in info['flip_indices']] == list(range(19))
    # A tree: every joint is linked, one link less than joints.
    links = info['skeleton_links']
    assert len(links) == 18 and {i for link in links for i in link} == set(range(19))
    assert sorted(info['upper_body_ids'] + info['lower_body_ids']) == list(range(19))
    assert info['sigmas'].shape == (19,)


def test_k2hpd_groups_reproduce_the_papers_means():
    groups = parse_depth_metainfo(K2HPD)['joint_groups']
    # Table 6, column "w/o CMB".
    rows = {
        'Head': 91.9, 'Neck': 95.4, 'Shoulders': 92.7, 'Elbows': 84.6,
        'Hands': 81.5, 'Wrists': 79.9, 'Torso': 89.2, 'Hips': 74.3,
        'Knees': 80.8, 'Feet': 90.2
    }  # yapf: disable
    upper, lower, full = 87.4, 82.7, 85.4
    assert list(groups) == [*rows, 'Upper Body', 'Lower Body', 'Full Body']
    size = {name: len(ids) for name, ids in groups.items()}
    of_rows = sum(size[name] * value for name, value in rows.items()) / 19
    of_halves = (size['Upper Body'] * upper + size['Lower Body'] * lower) / 19
    assert abs(of_rows - full) < 0.05 and abs(of_halves - full) < 0.05

    assert sorted(j for name in rows for j in groups[name]) == list(range(19))
    assert (
        sorted(groups['Upper Body'] + groups['Lower Body'])
        == groups['Full Body']
        == list(range(19))
    )
    for name in ('Head', 'Neck', 'Shoulders', 'Elbows', 'Hands', 'Wrists'):
        assert set(groups[name]) < set(groups['Upper Body'])
    for name in ('Hips', 'Knees', 'Feet'):
        assert set(groups[name]) < set(groups['Lower Body'])


def test_groups_are_plain_and_optional():
    info = _k2hpd_info()
    groups = parse_depth_metainfo(info)['joint_groups']
    assert type(groups) is dict and all(type(ids) is list for ids in groups.values())
    del info['joint_groups']
    assert 'joint_groups' not in parse_depth_metainfo(info)


def test_groups_of_unknown_joints_are_refused():
    info = _k2hpd_info()
    info['joint_groups'] = {'Tail': ['tail_tip', 'head']}
    with pytest.raises(ValueError, match='Tail: tail_tip'):
        parse_depth_metainfo(info)


def test_an_installed_packages_configs_come_first(tmp_path, monkeypatch):
    package = tmp_path / 'site-packages' / 'mmpose_cmb'
    installed = package / '.mim' / 'configs' / 'a.py'
    beside = package.parent / 'configs' / 'a.py'
    monkeypatch.setattr(paths, 'PACKAGE_DIR', str(package))
    assert config_path('a.py') == str(beside)
    installed.parent.mkdir(parents=True)
    installed.write_text('')
    assert config_path('a.py') == str(installed)


def _info(swap):
    info = make_dataset_info('mine', ['head', 'HandLeft', 'HandRight', 'left_foot'])
    info['keypoint_info'][1]['swap'] = swap
    info['keypoint_info'][2]['swap'] = 'HandLeft' if swap == 'HandRight' else ''
    return info


def test_a_side_whose_partner_is_not_told(log_messages):
    parse_depth_metainfo(_info('HandRight'))
    parse_depth_metainfo(_info(''))
    first, second = [message for level, message in log_messages if level == 'WARNING']
    assert first.endswith('teaches them wrongly: left_foot (its swap is "")')
    assert 'HandLeft (its swap is ""), HandRight (its swap is ""), left_foot' in second


def test_swaps_go_both_ways():
    with pytest.raises(ValueError, match='head swaps with HandRight, and HandRight does not'):
        info = _info('HandRight')
        info['keypoint_info'][0]['swap'] = 'HandRight'
        parse_depth_metainfo(info)
