import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.depth_io import depth_to_metres, read_depth, write_depth_png_mm

STORED = np.array([[0, 1, 1000], [2500, 255, 40]], np.uint16)
METRES = np.array([[0, 0.001, 1.0], [2.5, 0.255, 0.04]])


@pytest.mark.parametrize('suffix', ['.png', '.tif', '.tiff', '.npy', '.npz'])
def test_16_bit_formats_agree(tmp_path, suffix):
    path = str(tmp_path / f'depth{suffix}')
    if suffix == '.npy':
        np.save(path, STORED)
    elif suffix == '.npz':
        np.savez(path, depth=STORED)
    else:
        assert cv2.imwrite(path, STORED)
    depth_m = read_depth(path, unit_m=0.001)
    assert depth_m.dtype == np.float32 and depth_m.shape == (2, 3)
    np.testing.assert_allclose(depth_m, METRES, rtol=1e-6)


@pytest.mark.parametrize('channels', [1, 3])
def test_8_bit_png_of_one_or_three_channels(tmp_path, channels):
    grey = np.array([[0, 1], [128, 255]], np.uint8)
    path = str(tmp_path / 'depth.png')
    cv2.imwrite(path, grey if channels == 1 else np.dstack([grey] * 3))
    np.testing.assert_allclose(read_depth(path, unit_m=0.02), [[0, 0.02], [2.56, 5.1]], rtol=1e-6)


@pytest.mark.parametrize('suffix', ['.tiff', '.npy'])
def test_float_files_lose_what_is_no_depth(tmp_path, suffix):
    stored = np.array([[np.nan, np.inf, -np.inf], [-1, 0, 2.25]], np.float32)
    path = str(tmp_path / f'depth{suffix}')
    if suffix == '.npy':
        np.save(path, stored)
    else:
        assert cv2.imwrite(path, stored)
    np.testing.assert_array_equal(read_depth(path, unit_m=1.0), [[0, 0, 0], [0, 0, 2.25]])


def test_invalid_values_are_stored_values(tmp_path):
    path = str(tmp_path / 'depth.npy')
    np.save(path, np.array([[32001, 830, 0]], np.int16))
    np.testing.assert_allclose(
        read_depth(path, 0.001, invalid_values=(0, 32001)), [[0, 0.83, 0]], rtol=1e-6
    )
    # Without 0 in the list it is no measurement either: nothing is at 0 m.
    np.testing.assert_allclose(
        read_depth(path, 0.001, invalid_values=()), [[32.001, 0.83, 0]], rtol=1e-6
    )


def test_input_array_is_not_changed():
    stored = np.array([[1.0, -1.0], [np.nan, 2.0]], np.float32)
    before = stored.copy()
    depth_to_metres(stored, 1.0)
    np.testing.assert_array_equal(stored, before)


def test_npz_key(tmp_path):
    path = str(tmp_path / 'depth.npz')
    np.savez(path, near=np.ones((2, 2)), far=np.full((2, 2), 3.0))
    assert read_depth(path, 1.0, key='far')[0, 0] == 3
    with pytest.raises(ValueError, match='depth.npz.*no array "depth".*near'):
        read_depth(path, 1.0, key='depth')
    with pytest.raises(ValueError, match='no key given.*near, far'):
        read_depth(path, 1.0)


def _png(array):
    return cv2.imencode('.png', array)[1].tobytes()


COLOUR = np.zeros((4, 4, 3), np.uint8)
COLOUR[1, 2] = 1, 2, 3


@pytest.mark.parametrize(
    'name, content, message',
    [
        ('a.png', b'', 'not a whole PNG'),
        ('a.png', _png(np.ones((40, 40), np.uint8))[:-20], 'not a whole PNG'),
        ('a.png', b'garbage' + _png(COLOUR)[-12:], 'not a whole PNG'),
        ('a.tiff', b'garbage', 'not a TIFF'),
        ('a.tiff', b'', 'not a TIFF'),
        ('a.png', _png(COLOUR), 'three channels differ'),
        ('a.png', _png(np.ones((4, 4, 4), np.uint8)), r'\(4, 4, 4\)'),
        ('a.npy', b'garbage', 'cannot be read'),
        ('a.npz', b'garbage', 'cannot be read'),
        ('a.jpg', b'', 'not a depth file'),
    ],
)
def test_bad_files_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f'{name}: .*{message}'):
        read_depth(str(tmp_path / name), 0.001)


@pytest.mark.parametrize(
    'array, message',
    [
        (np.ones(5), r'\(5,\)'),
        (np.ones((2, 3, 4, 4)), r'\(2, 3, 4, 4\)'),
        (np.ones((0, 4)), r'\(0, 4\)'),
        (np.ones((2, 2), bool), 'bool'),
        (np.ones((2, 2), complex), 'complex'),
    ],
)
def test_bad_arrays_are_named(tmp_path, array, message):
    path = str(tmp_path / 'bad.npy')
    np.save(path, array)
    with pytest.raises(ValueError, match=f'bad.npy: .*{message}'):
        read_depth(path, 1.0)


def test_missing_file():
    with pytest.raises(FileNotFoundError, match='nowhere.png'):
        read_depth('nowhere.png', 0.001)


def test_write_read_round_trip(tmp_path):
    depth_m = np.array([[0, 0.001, 65.535], [1.2346, 2.0004, 3.0]], np.float32)
    path = tmp_path / 'depth.png'
    write_depth_png_mm(str(path), depth_m)
    np.testing.assert_allclose(
        read_depth(str(path), 0.001), [[0, 0.001, 65.535], [1.235, 2.0, 3.0]], rtol=1e-6
    )
    assert [p.name for p in tmp_path.iterdir()] == ['depth.png']


@pytest.mark.parametrize('bad', [-0.1, 66.0, np.nan])
def test_write_refuses_what_16_bits_cannot_hold(tmp_path, bad):
    with pytest.raises(ValueError, match='65.535'):
        write_depth_png_mm(str(tmp_path / 'a.png'), np.array([[bad]]))
    assert not list(tmp_path.iterdir())
