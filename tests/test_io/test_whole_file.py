"""A file is there as it was meant to be, or as it was before."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.command_line import user_message
from mmpose_cmb.io import whole_file, write_bytes, write_json, write_npz, write_text
from mmpose_cmb.io.whole_file import make_folder


def _files(folder):
    return sorted(path.name for path in folder.rglob('*') if path.is_file())


def test_nothing_is_seen_before_the_end(tmp_path):
    path = tmp_path / 'new' / 'folder' / 'image.png'
    with whole_file(path) as aside:
        with open(aside, 'w') as file:
            file.write('half')
        assert not path.exists()
        assert os.path.dirname(aside) == str(path.parent)
        assert aside.endswith('.png')
        # Folders are read by what lies in them.
        assert os.path.basename(aside).startswith('.')
    assert path.read_text() == 'half'
    assert _files(tmp_path) == ['image.png']


@pytest.mark.parametrize('error', [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize('begun', [True, False])
def test_an_error_leaves_what_was_there(error, begun, tmp_path):
    path = tmp_path / 'a.txt'
    path.write_text('before')
    with pytest.raises(error), whole_file(str(path)) as aside:
        if begun:
            with open(aside, 'w') as file:
                file.write('half')
        raise error
    assert path.read_text() == 'before' and _files(tmp_path) == ['a.txt']


def test_a_target_that_cannot_be_replaced_leaves_nothing(tmp_path):
    (tmp_path / 'taken').mkdir()
    with pytest.raises(OSError, match='taken'):
        write_bytes(tmp_path / 'taken', b'content')
    assert not _files(tmp_path)


def test_a_relative_path_without_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_text('a.txt', 'Grüße\r\n')
    assert (tmp_path / 'a.txt').read_bytes() == 'Grüße\r\n'.encode()


def test_json(tmp_path):
    path = tmp_path / 'a' / 'b.json'
    data = {'joints': [[1.5, None]], 'name': 'Übung\udcff'}
    write_json(path, data)
    text = path.read_text(encoding='ascii')
    assert text.count('\n') == 1 and json.loads(text) == data
    write_json(path, data, indent=2)
    assert path.read_text().startswith('{\n  "joints"')


def test_numbers_that_json_does_not_know(tmp_path):
    path = tmp_path / 'b.json'
    with pytest.raises(ValueError, match='b.json: .*JSON'):
        write_json(path, [float('nan')])
    assert not _files(tmp_path)


def test_arrays(tmp_path):
    write_npz(tmp_path / 'c.npz', a=np.arange(3), b=np.array('x'))
    with np.load(tmp_path / 'c.npz') as content:
        assert content['a'].tolist() == [0, 1, 2] and content['b'] == 'x'


def test_a_folder_that_cannot_be_made_is_named_by_its_cause(tmp_path, monkeypatch):
    def refuse(path, *args, **kwargs):
        try:
            raise FileNotFoundError(errno.ENOENT, 'No such file or directory', str(path))
        except FileNotFoundError:
            raise PermissionError(errno.EACCES, 'Permission denied', str(path.parent))  # noqa: B904

    monkeypatch.setattr(Path, 'mkdir', refuse)
    with pytest.raises(PermissionError) as caught:
        make_folder(tmp_path / 'above' / 'below')
    assert user_message(caught.value) == f'{tmp_path / "above"}: Permission denied'
