"""NumPy's pickles in a checkpoint: what they may do, and what not."""

import pickle
import struct
import zipfile

import numpy as np
import pytest
import torch

from mmpose_cmb.io.pickled_arrays import CheckpointArray, ElementType, reconstruct, scalar

ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)),
    np.arange(3, dtype='>f4'),
    np.array(['head', 'foot']),
    np.array([b'a']),
    np.array([True]),
]
NUMBERS = [np.float64(0.5), np.int32(-3), np.bool_(True), np.float16(2)]


def through_torch(value, tmp_path):
    torch.save(value, tmp_path / 'a.pth')
    return torch.load(tmp_path / 'a.pth', weights_only=True)


def test_what_numpy_stores_comes_back(tmp_path):
    found = through_torch(dict(arrays=ARRAYS, numbers=NUMBERS), tmp_path)
    for before, after in zip(ARRAYS, found['arrays']):
        np.testing.assert_array_equal(before, after)
        assert before.dtype.newbyteorder('=') == after.dtype.newbyteorder('=')
        assert before.flags.f_contiguous == after.flags.f_contiguous
    assert found['numbers'] == NUMBERS
    assert [type(n) for n in found['numbers']] == [type(n) for n in NUMBERS]


def test_what_is_made_of_it_is_numpys_own(tmp_path):
    (array,) = through_torch([np.arange(4.0)], tmp_path)
    for value in (array * 2, array.mean(), np.append(array, 1.0), array[1:].sum()):
        assert type(value) in (np.ndarray, np.float64)
    again = pickle.loads(pickle.dumps(array))
    assert type(again) is np.ndarray and again.tolist() == array.tolist()


@pytest.mark.parametrize('code', ['O', 'O8', 'V8', 'M8[s]', 'f8,f8', 'f3', 'U', [('a', 'f8')], 8])
def test_other_elements_are_refused(code):
    with pytest.raises(ValueError, match='refused an array of'):
        ElementType(code)


def test_an_element_type_never_changes():
    element = ElementType('S1')
    with pytest.raises(ValueError, match='refused a changed type'):
        element.__setstate__((3, '|', None, None, None, 4096, 1, 0))
    with pytest.raises(ValueError, match='refused a changed type'):
        element.__setstate__((3, '|', None, ('a',), {'a': (np.dtype('O'), 0)}, 8, 1, 0))


@pytest.mark.parametrize(
    'state',
    [
        (1, (5,), ElementType('S1'), False, b'1234'),
        (1, (2,), ElementType('f8'), False, b'1234'),
        (1, (-2, -2), ElementType('S1'), False, b'1234'),
        (1, (4,), np.dtype('S1'), False, b'1234'),
        (1, (4,), ElementType('S1'), False, [1, 2, 3, 4]),
    ],
)
def test_an_array_has_the_size_of_its_data(state):
    with pytest.raises(ValueError, match='refused an array'):
        reconstruct(np.ndarray, (0,), b'b').__setstate__(state)


def test_no_array_without_content():
    """``numpy.ndarray(shape)`` gives memory as it was."""
    assert CheckpointArray((4096,), np.uint8).nbytes == 0
    assert CheckpointArray.__new__(CheckpointArray, (4096,)).nbytes == 0
    with pytest.raises(ValueError, match='refused a number'):
        scalar(ElementType('S8'), b'1')


def op(module, name):
    return f'c{module}\n{name}\n'.encode()


def test_a_shared_type_cannot_grow_an_array(tmp_path):
    """4 bytes, of which 4096 were read: the element type changes later."""

    def number(value):
        return b'J' + struct.pack('<i', value)

    def text(value):
        return b'X' + struct.pack('<I', len(value)) + value.encode()

    content = op('_codecs', 'encode') + b'(' + text('AAAA') + text('latin1') + b'tR'
    element = op('numpy', 'dtype') + b'(' + text('S1') + b'\x89\x88tRq\x01'
    made = op('numpy.core.multiarray', '_reconstruct') + b'('
    made += op('numpy', 'ndarray') + number(0) + b'\x85' + text('b') + b'tR'
    made += b'(K\x01' + number(4) + b'\x85h\x01\x89' + content + b'tb'
    grown = b'h\x01(K\x03' + text('|') + b'NNN' + number(4096) + number(1) + number(0) + b'tb'
    torch.save({}, tmp_path / 'a.pth')
    with zipfile.ZipFile(tmp_path / 'a.pth') as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / 'b.pth', 'w') as archive:
        for name, old in members.items():
            new = b'\x80\x02(' + element + made + grown + b't.'
            archive.writestr(name, new if name.endswith('data.pkl') else old)
    with pytest.raises(ValueError, match='refused a changed type'):
        torch.load(tmp_path / 'b.pth', weights_only=True)
