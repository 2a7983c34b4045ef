"""The name of a config among the arguments of MMPose's tools."""

import argparse

import pytest

from mmpose_cmb.engine.mmpose_tool import with_config_path
from mmpose_cmb.paths import config_path

DEMO = config_path('cmb_k2hpd_demo.py')


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    parser.add_argument('--work-dir')
    parser.add_argument('--resume', nargs='?', const='auto')
    return parser.parse_args()


@pytest.mark.parametrize(
    'before, after',
    [
        (['cmb_k2hpd_demo'], [DEMO]),
        (
            ['--work-dir', 'cmb_k2hpd_demo', 'cmb_k2hpd_demo', '--resume'],
            ['--work-dir', 'cmb_k2hpd_demo', DEMO, '--resume'],
        ),
        (
            ['cmb_k2hpd_demo', '--work-dir', 'cmb_k2hpd_demo'],
            [DEMO, '--work-dir', 'cmb_k2hpd_demo'],
        ),
        ([DEMO, '--resume', 'x'], [DEMO, '--resume', 'x']),
    ],
)
def test_config_by_name(before, after, monkeypatch):
    argv = ['train.py', *before]
    monkeypatch.setattr('sys.argv', argv)
    assert with_config_path(argv, parse_args) == ['train.py', *after]


def test_an_unknown_name(monkeypatch):
    monkeypatch.setattr('sys.argv', ['train.py', 'cmb_k2hdp'])
    with pytest.raises(FileNotFoundError, match='near it are cmb_k2hpd'):
        with_config_path(['train.py', 'cmb_k2hdp'], parse_args)
