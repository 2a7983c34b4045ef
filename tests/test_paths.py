"""Configs by path and by name."""

import os
import subprocess
import sys

import pytest

from mmpose_cmb import paths
from mmpose_cmb.paths import config_names, config_path, find_config


@pytest.mark.parametrize(
    'name, below',
    [
        ('cmb_k2hpd', 'cmb_k2hpd.py'),
        ('cmb_k2hpd.py', 'cmb_k2hpd.py'),
        ('configs/cmb_k2hpd.py', 'cmb_k2hpd.py'),
        ('conv_gru', 'ablations/conv_gru.py'),
        ('ablations/conv_gru', 'ablations/conv_gru.py'),
        ('cmb', 'ablations/cmb.py'),
        ('depth-pose_onnxruntime_static', 'deploy/depth-pose_onnxruntime_static.py'),
        ('_base_/models/cmb.py', '_base_/models/cmb.py'),
    ],
)
def test_a_name(name, below, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert os.path.samefile(find_config(name), config_path(below))


def test_a_file_goes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'cmb_k2hpd.py').touch()
    assert find_config('cmb_k2hpd.py') == 'cmb_k2hpd.py'
    assert find_config(tmp_path / 'cmb_k2hpd.py') == str(tmp_path / 'cmb_k2hpd.py')
    assert find_config('cmb_k2hpd.py', files=False) == config_path('cmb_k2hpd.py')


def test_what_is_not_there_names_what_is_near():
    with pytest.raises(FileNotFoundError) as error:
        find_config('cmb_k2hpd_dmo')
    assert str(error.value).startswith(
        'cmb_k2hpd_dmo: no such file, and no config of that name in this '
        'project; near it are cmb_k2hpd_demo, '
    )
    with pytest.raises(FileNotFoundError, match='there are ablations/cmb, '):
        find_config('xyzzy')


def test_an_ambiguous_name(tmp_path, monkeypatch):
    for name in ('cmb_k2hpd.py', 'a/same.py', 'b/same.py', '_base_/same.py'):
        path = tmp_path / 'configs' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr(paths, 'PACKAGE_DIR', str(tmp_path / 'package'))
    assert config_names() == ['a/same.py', 'b/same.py', 'cmb_k2hpd.py']
    with pytest.raises(FileNotFoundError, match='a/same.py, b/same.py'):
        find_config('same')
    assert find_config('b/same') == str(tmp_path / 'configs/b/same.py')


def test_needs_no_torch():
    subprocess.run(
        [
            sys.executable,
            '-c',
            'import sys; from mmpose_cmb.paths import '
            'find_config; find_config("cmb_k2hpd")\n'
            'assert not {"torch", "mmengine", "mmpose"} & set(sys.modules)',
        ],
        check=True,
    )
