"""NPY and NPZ: what they declare is compared with what they hold."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.io.array_file import map_npy, npz_headers, read_npz_array

ARRAY = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)


def header_of(shape, dtype='<u2'):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, dict(descr=dtype, fortran_order=False, shape=shape))
    return file.getvalue()


def write_zip(path, content, kind=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, 'w', kind) as archive:
        archive.writestr('depth.npy', content)
    return str(path)


@pytest.mark.parametrize('order', 'CF')
def test_whole_arrays(tmp_path, order):
    array = np.asarray(ARRAY, order=order)
    np.save(tmp_path / 'a.npy', array)
    np.savez_compressed(tmp_path / 'a.npz', depth=array, names=np.array(['head']))
    np.testing.assert_array_equal(map_npy(str(tmp_path / 'a.npy')), ARRAY)
    path = str(tmp_path / 'a.npz')
    headers = npz_headers(path)
    assert headers['depth'].shape == (2, 3, 4) and list(headers) == ['depth', 'names']
    np.testing.assert_array_equal(read_npz_array(path, 'depth'), ARRAY)


@pytest.mark.parametrize('shape', [(60_000, 60_000), (2, 3, 3), (2, 3, 5), (-2, -12), (2**40,)])
def test_another_shape_than_the_file_has(tmp_path, shape):
    """Small files: nothing of that size is ever made."""
    content = header_of(shape) + ARRAY.tobytes()
    (tmp_path / 'a.npy').write_bytes(content)
    with pytest.raises(ValueError, match='a.npy: cannot be read'):
        map_npy(str(tmp_path / 'a.npy'))
    with pytest.raises(ValueError, match='a.npz: cannot be read'):
        npz_headers(write_zip(tmp_path / 'a.npz', content))


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr('mmpose_cmb.io.array_file.MAX_ARRAY_BYTES', 2**20)
    path = write_zip(tmp_path / 'a.npz', header_of((2**10, 2**10)) + bytes(2**21))
    assert Path(path).stat().st_size < 2**13
    with pytest.raises(ValueError, match=f'a.npz: .*{2**21} bytes; at most {2**20}'):
        read_npz_array(path, 'depth')


def test_a_damaged_member_is_told_by_its_checksum(tmp_path):
    path = write_zip(tmp_path / 'a.npz', header_of(ARRAY.shape) + ARRAY.tobytes(), 0)
    content = bytearray(Path(path).read_bytes())
    content[content.index(ARRAY.tobytes())] ^= 1
    Path(path).write_bytes(content)
    with pytest.raises(ValueError, match='a.npz: .*CRC'):
        read_npz_array(path, 'depth')


def test_objects_are_not_unpickled(tmp_path):
    np.save(tmp_path / 'a.npy', np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / 'a.npz', depth=np.array([{}], object))
    with pytest.raises(ValueError, match='a.npy'):
        map_npy(str(tmp_path / 'a.npy'))
    with pytest.raises(ValueError, match='a.npz'):
        read_npz_array(str(tmp_path / 'a.npz'), 'depth')
