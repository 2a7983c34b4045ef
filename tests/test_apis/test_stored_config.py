"""The config in a checkpoint is data."""

import pytest
import torch
from mmengine.config import Config

from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.engine.stored_config import config_of_text, stored_config
from mmpose_cmb.paths import config_names, config_path


@pytest.mark.parametrize('name', [n for n in config_names() if not n.startswith('deploy')])
def test_every_config_comes_back_as_it_was_written(name):
    config = Config.fromfile(config_path(name))
    text = config.pretty_text
    assert config_of_text(text) == Config.fromstring(text, '.py').to_dict()


@pytest.mark.parametrize(
    'text, what',
    [
        ('import os', 'line 1'),
        ("a = 1\nopen('mark', 'w')", 'line 2'),
        ("a = open('mark', 'w')", 'line 1: Call is code'),
        ("a = dict(b=[1, __import__('os').system('touch mark')])", 'is code'),
        ("a = dict(**open('mark', 'w'))", 'is code'),
        ("a = {**open('mark', 'w')}", 'is code'),
        ("a = [x for x in open('mark', 'w')]", 'is code'),
        ("a = f\"{open('mark', 'w')}\"", 'is code'),
        ('a = (lambda: 1)', 'is code'),
        ("a = -open('mark', 'w')", 'is code'),
        ("a: open('mark', 'w') = 1", 'line 1'),
        ('a = b = 1', 'line 1'),
        ("def a(b=open('mark', 'w')): pass", 'line 1'),
        ('a = (', 'no Python'),
        ('a = ' + '(' * 500 + ')' * 500, 'no Python'),
    ],
)
def test_code_is_refused_and_does_not_run(text, what, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError) as caught:
        config_of_text(text)
    assert what in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_is_enough(config, weights, tmp_path):
    stored = torch.load(weights)
    stored['message_hub'] = dict(runtime_info=dict(cfg=config.pretty_text))
    path = str(tmp_path / 'whole.pth')
    torch.save(stored, path)
    inferencer = DepthPoseInferencer(weights=path, device='cpu')
    assert inferencer.spec.input_size == (64, 64)

    mark = tmp_path / 'mark'
    text = f"x = open({str(mark)!r}, 'w')\n"
    stored['message_hub']['runtime_info']['cfg'] = text + config.pretty_text
    torch.save(stored, path)
    with pytest.raises(ValueError, match='whole.pth: the config in it is not plain.*line 1'):
        DepthPoseInferencer(weights=path, device='cpu')
    assert not mark.exists()
    with pytest.raises(ValueError, match='x.pth: holds no config'):
        stored_config(dict(state_dict={}), 'x.pth')


@pytest.mark.parametrize('content', [b'', b'version https://git-lfs', b'<html>', b'PK\x03\x04'])
def test_a_file_that_is_none(config, content, tmp_path):
    path = tmp_path / 'cut.pth'
    path.write_bytes(content)
    with pytest.raises(ValueError, match='cut.pth: not a checkpoint') as caught:
        DepthPoseInferencer(config, str(path), device='cpu')
    assert len(str(caught.value).splitlines()) == 1
