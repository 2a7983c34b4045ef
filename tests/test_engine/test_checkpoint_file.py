"""Checkpoints from outside: data alone, and errors that name the file."""

import os

import pytest
import torch
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_from_http

from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file


class Trap:
    """Makes a folder where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / 'epoch_1.pth'
    weights = torch.nn.Linear(40, 40).state_dict()
    torch.save(dict(state_dict=weights, meta=dict(epoch=1, config='import os')), path)
    return path


def test_a_whole_one_without_the_text_that_would_run(checkpoint):
    found = load_checkpoint_file(str(checkpoint))
    assert found['meta'] == dict(epoch=1) and found['state_dict']['weight'].shape == (40, 40)
    # What MMEngine's runner loads with.
    found = CheckpointLoader.load_checkpoint(str(checkpoint), 'cpu')
    assert found['meta'] == dict(epoch=1)


def damage(content, how):
    middle = content.index(b'data/0') + 2000
    return {
        'empty': b'',
        'pointer': b'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
        'page': b'\n<!DOCTYPE html><html>404</html>',
        'text': b'weights',
        'cut': content[: len(content) // 2],
        'flipped': content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
        'legacy': b'\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.',
    }[how]


@pytest.mark.parametrize(
    'how, reason',
    [
        ('empty', 'it is empty'),
        ('pointer', 'Git LFS; "git lfs pull"'),
        ('page', 'a web page'),
        ('text', 'does not begin as'),
        ('cut', 'cut short or damaged'),
        ('flipped', 'damaged: checksum of epoch_1/data/0'),
        ('legacy', ''),
    ],
)
def test_what_is_none_is_one_line(checkpoint, how, reason):
    checkpoint.write_bytes(damage(checkpoint.read_bytes(), how))
    with pytest.raises(ValueError) as error:
        load_checkpoint_file(str(checkpoint))
    said = str(error.value)
    assert said.startswith(f'{checkpoint}: not a checkpoint (') and reason in said
    assert '\n' not in said


@pytest.mark.parametrize('zipped', [True, False])
def test_nothing_in_it_runs(tmp_path, zipped):
    path = tmp_path / 'a.pth'
    torch.save(Trap(tmp_path / 'sprung'), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ValueError, match='a.pth: not a checkpoint'):
        load_checkpoint_file(str(path))
    assert not (tmp_path / 'sprung').exists()


def test_nor_in_what_is_downloaded(tmp_path, monkeypatch):
    """``torch.hub`` asks for all that pickles can do."""
    (tmp_path / 'checkpoints').mkdir()
    torch.save(Trap(tmp_path / 'sprung'), tmp_path / 'checkpoints' / 'a.pth')
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path))
    with pytest.raises(ValueError, match='https://host/a.pth: not a checkpoint'):
        load_checkpoint_file('https://host/a.pth')
    assert not (tmp_path / 'sprung').exists()
    # The trap works.
    with pytest.raises(Exception, match='.*'):
        load_from_http('https://host/a.pth')['state_dict']
    assert (tmp_path / 'sprung').exists()
