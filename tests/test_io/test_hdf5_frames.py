import multiprocessing
import os
import pickle
from concurrent.futures import ProcessPoolExecutor

import h5py
import numpy as np
import pytest

from mmpose_cmb.datasets import LoadDepthFrameFromHDF5
from mmpose_cmb.io.hdf5_frames import FrameLayout, HDF5Frames, get_field, open_hdf5


@pytest.fixture
def path(tmp_path):
    """200 frames of 6 x 8 pixels; frame i holds i / 8 everywhere."""
    path = str(tmp_path / 'frames.h5')
    values = np.arange(200, dtype=np.float16)[:, None, None] / 8
    with h5py.File(path, 'w') as file:
        file['data'] = np.broadcast_to(values, (200, 6, 8))
        file['millimetres'] = np.full((2, 6, 8), 1500, np.uint16)
        file['id'] = np.arange(200)
    return path


def test_frames_as_stored(path):
    frames = HDF5Frames(path)
    assert len(frames) == 200 and frames.image_size == (8, 6)
    assert frames[17].dtype == np.float16
    assert (frames[17] == 17 / 8).all()


def test_no_such_frame(path):
    for index in (-1, 200):
        with pytest.raises(IndexError, match=f'frames.h5: no frame {index}, "data" has 200'):
            HDF5Frames(path)[index]


def test_opened_when_read_and_again_after_closing(path):
    frames = HDF5Frames(path)
    assert frames._file is None
    assert frames[1][0, 0] == 1 / 8
    frames.close()
    assert frames._file is None
    assert frames[2][0, 0] == 2 / 8


def test_forked_processes_with_a_handle_that_is_open(path):
    """Workers and the parent read in different orders at the same time."""
    frames = HDF5Frames(path)
    assert frames[5][0, 0] == 5 / 8
    order = np.random.default_rng(0).permutation(200)
    context = multiprocessing.get_context('fork')
    with ProcessPoolExecutor(2, mp_context=context) as workers:
        reading = workers.map(frames.__getitem__, order, chunksize=20)
        for i in reversed(range(200)):
            assert frames[i][0, 0] == i / 8
        values = [frame[0, 0] for frame in reading]
    np.testing.assert_array_equal(values, order / 8)
    assert frames[3][0, 0] == 3 / 8


def test_a_forked_process_has_a_file_of_its_own(path):
    frames = HDF5Frames(path)
    frames[0]
    inherited = frames._frames
    receive, send = multiprocessing.Pipe(duplex=False)
    child = os.fork()
    if not child:
        frames[1]
        # HDF5 gives an open file out again: only a closed one is new.
        send.send(not inherited.id.valid)
        os._exit(0)
    os.waitpid(child, 0)
    assert receive.recv()
    assert inherited.id.valid and frames[2][0, 0] == 2 / 8


def test_pickle_leaves_the_handle_behind(path):
    frames = HDF5Frames(path)
    frames[0]
    copy = pickle.loads(pickle.dumps(frames))
    assert copy._file is None and copy[9][0, 0] == 9 / 8
    load = LoadDepthFrameFromHDF5()
    load(dict(img_path=path, frame_index=0))
    copy = pickle.loads(pickle.dumps(load))
    assert copy(dict(img_path=path, frame_index=8))['img'][0, 0] == 1


def test_missing_foreign_and_cut_files(path, tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere.h5: no such file'):
        open_hdf5(str(tmp_path / 'nowhere.h5'))
    foreign = tmp_path / 'foreign.h5'
    foreign.write_text('<html>404</html>')
    with pytest.raises(ValueError, match='foreign.h5: not an HDF5 file'):
        HDF5Frames(str(foreign))[0]
    cut = tmp_path / 'cut.h5'
    with open(path, 'rb') as file:
        cut.write_bytes(file.read()[:-500])
    with pytest.raises(ValueError, match='cut.h5: cut short'):
        HDF5Frames(str(cut))[0]


@pytest.mark.parametrize(
    'field, message',
    [
        ('depth', 'no field "depth"; the file holds data, id, millimetres'),
        (
            'id',
            r'field "id" is int64 \[200\], expected floats or integers '
            r'\[N, N, N\]',
        ),
    ],
)
def test_fields_are_checked(path, field, message):
    with pytest.raises(ValueError, match=f'frames.h5: {message}'):
        HDF5Frames(path, field)[0]


def test_length_and_type_of_a_field(path):
    with open_hdf5(path) as file:
        get_field(file, 'data', 'f', (200, 6, 8))
        with pytest.raises(ValueError, match=r'expected floats \[7, 6, 8\]'):
            get_field(file, 'data', 'f', (7, 6, 8))
        with pytest.raises(ValueError, match=r'expected text \[N\]'):
            get_field(file, 'id', 'S', (None,))


def test_a_damaged_chunk_is_named(tmp_path):
    path = tmp_path / 'zipped.h5'
    noise = np.random.default_rng(0).random((4, 32, 32))
    with h5py.File(path, 'w') as file:
        data = file.create_dataset('data', data=noise, chunks=(1, 32, 32), compression='gzip')
        chunk = data.id.get_chunk_info(2)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + 50 : chunk.byte_offset + 90] = bytes(40)
    path.write_bytes(content)
    frames = HDF5Frames(str(path))
    np.testing.assert_array_equal(frames[1], noise[1])
    with pytest.raises(ValueError, match='zipped.h5: frame 2 of "data" is damaged'):
        frames[2]


@pytest.mark.parametrize(
    'storage, layout, text, slow',
    [
        (dict(), FrameLayout(None, None), 'contiguous, not compressed', False),
        (
            dict(chunks=(1, 6, 8)),
            FrameLayout((1, 6, 8), None),
            'in chunks of 1 x 6 x 8, not compressed',
            False,
        ),
        (
            dict(chunks=(2, 6, 8)),
            FrameLayout((2, 6, 8), None),
            'in chunks of 2 x 6 x 8, not compressed',
            True,
        ),
        (
            dict(chunks=(1, 6, 8), compression='gzip'),
            FrameLayout((1, 6, 8), 'gzip'),
            'in chunks of 1 x 6 x 8, gzip compressed',
            False,
        ),
    ],
)
def test_layouts(tmp_path, storage, layout, text, slow):
    path = tmp_path / 'frames.h5'
    with h5py.File(path, 'w') as file:
        file.create_dataset('data', data=np.ones((4, 6, 8)), **storage)
    found = HDF5Frames(str(path)).layout
    assert found == layout and str(found) == text
    assert found.is_slow == slow


def test_the_transform(path):
    results = LoadDepthFrameFromHDF5()(dict(img_path=path, frame_index=20))
    assert results['img'].dtype == np.float32
    assert (results['img'] == 2.5).all()
    assert results['img_shape'] == results['ori_shape'] == (6, 8)


def test_the_transforms_options(path):
    sample = dict(img_path=path, frame_index=1)
    load = LoadDepthFrameFromHDF5(field='millimetres', unit_m=0.001)
    np.testing.assert_allclose(load(dict(sample))['img'], 1.5)
    load = LoadDepthFrameFromHDF5(field='millimetres', unit_m=0.001, invalid_values=(0, 1500))
    assert not load(dict(sample))['img'].any()
    with pytest.raises(ValueError, match='unit_m'):
        LoadDepthFrameFromHDF5(unit_m=0)


def test_the_transform_names_the_annotation(path):
    with pytest.raises(IndexError, match='no frame 200.*in l.h5 row 3'):
        LoadDepthFrameFromHDF5()(
            dict(img_path=path, frame_index=200, annotation_source='l.h5 row 3')
        )


@pytest.mark.parametrize(
    'make, message',
    [
        (
            lambda file: file.create_dataset(
                'data', (10**6, 60_000, 60_000), 'u2', chunks=(1, 9, 9)
            ),
            'never written, or damaged',
        ),
        (lambda file: file.create_dataset('data', (9, 600, 600), 'u2'), 'has 0 bytes for'),
        (
            lambda file: file.create_dataset('data', (2, 3, 4), 'u1', external='beside.bin'),
            'numbers in another file',
        ),
        (
            lambda file: file.__setitem__('data', h5py.ExternalLink('beside.h5', 'data')),
            'numbers in another file',
        ),
        (
            lambda file: file.create_virtual_dataset('data', virtual_layout()),
            'numbers in another file',
        ),
        (
            lambda file: file.create_dataset('data', data=np.zeros((1, 5000, 5000), 'u1')),
            'a frame of 5000 x 5000 pixels',
        ),
        (
            lambda file: file.create_dataset(
                'data', (2**21, 1, 1), 'u1', chunks=(2**20, 1, 1), fillvalue=1
            ).write_direct(np.ones((2**21, 1, 1), 'u1')),
            '2097152 frames',
        ),
    ],
)
def test_what_a_file_declares_and_does_not_hold(tmp_path, monkeypatch, make, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'beside.bin').write_bytes(bytes(24))
    with h5py.File('beside.h5', 'w') as file:
        file['data'] = np.zeros((2, 3, 4), 'u1')
    with h5py.File('a.h5', 'w') as file:
        make(file)
    with pytest.raises(ValueError, match=f'a.h5.*{message}'):
        HDF5Frames('a.h5')[0]


def virtual_layout():
    layout = h5py.VirtualLayout((2, 3, 4), 'u1')
    layout[:] = h5py.VirtualSource('beside.h5', 'data', (2, 3, 4))
    return layout


def test_numbers_of_an_unknown_type(tmp_path):
    """A damaged exponent's bias makes other numbers of the same bits."""
    with h5py.File(tmp_path / 'a.h5', 'w') as file:
        kind = h5py.h5t.IEEE_F32LE.copy()
        kind.set_ebias(126)
        space = h5py.h5s.create_simple((2, 3, 4))
        data = h5py.Dataset(h5py.h5d.create(file.id, b'data', kind, space))
        data[:] = 1
    with pytest.raises(ValueError, match='a.h5: field "data" is of a type of numbers'):
        HDF5Frames(str(tmp_path / 'a.h5'))[0]
