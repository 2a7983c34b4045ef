import numpy as np
import pytest

from mmpose_cmb.depth.depth_io import read_depth
from mmpose_cmb.formats.k2hpd import (
    GREY_UNIT_M,
    K2HPD_IMAGE_SIZE,
    annotation_line,
    parse_k2hpd_annotations,
    to_grey,
    write_k2hpd_annotations,
    write_k2hpd_image,
)


def _line(name=b'00000003.png', numbers=range(38)):
    return name + b' ' + b','.join(b'%d' % n for n in numbers)


def test_a_line_by_hand():
    records = parse_k2hpd_annotations(
        b'00000007.png 1,-2,30,40\n00000009.png 5,6,262,8', num_keypoints=2
    )
    assert records.names == ['00000007.png', '00000009.png']
    assert records.keypoints.dtype == np.float32
    np.testing.assert_array_equal(records.keypoints, [[[1, -2], [30, 40]], [[5, 6], [262, 8]]])
    assert records.line_numbers == [1, 2] and records.problems == []


@pytest.mark.parametrize(
    'content',
    [
        b'\0\0\0' + _line() + b'\n' + _line(b'00000004.png') + b'\n',
        b'\n' + _line() + b'\n\n  \n' + _line(b'00000004.png') + b'\n\n',
        _line() + b'\r\n' + _line(b'00000004.png') + b'\r\n',
        _line() + b'\n' + _line(b'00000004.png'),
        _line() + b'  \n \t' + _line(b'00000004.png').replace(b',', b', '),
    ],
    ids=['nul', 'blank lines', 'crlf', 'no last newline', 'stray blanks'],
)
def test_what_is_forgiven(content):
    records = parse_k2hpd_annotations(content)
    assert records.names == ['00000003.png', '00000004.png']
    assert records.problems == []
    np.testing.assert_array_equal(records.keypoints[1].ravel(), range(38))


@pytest.mark.parametrize(
    'line, found',
    [
        (_line(numbers=range(37)), '37 numbers instead of 38'),
        (_line(numbers=range(39)), '39 numbers instead of 38'),
        (b'00000003.png', '1 numbers instead of 38'),
        (_line() + b',', '39 numbers instead of 38'),
        (_line().replace(b'17', b'1.5'), "'1.5' is not an integer"),
        (_line().replace(b'17', b'x'), "'x' is not an integer"),
        (_line().replace(b'17', b''), "'' is not an integer"),
        (_line().replace(b'17', b'1_7'), "'1_7' is not an integer"),
        (_line().replace(b'17', b'9999'), 'coordinate 9999 is far outside'),
        (_line().replace(b'17', b'-999'), 'coordinate -999 is far outside'),
        (_line(b'3.jpg'), "'3.jpg' is not an image name"),
        (_line(b'../3.png'), "'../3.png' is not an image name"),
        (b'\xff\xfe', r"'\xff\xfe' is not an image name"),
    ],
)
def test_bad_lines_cost_themselves_only(line, found):
    records = parse_k2hpd_annotations(b'\n'.join([_line(), line, _line(b'00000004.png')]))
    assert records.names == ['00000003.png', '00000004.png']
    assert records.line_numbers == [1, 3]
    assert len(records.problems) == 1
    line_number, message = records.problems[0]
    assert line_number == 2 and found in message


def test_an_empty_file():
    records = parse_k2hpd_annotations(b'')
    assert records.keypoints.shape == (0, 19, 2)


def test_real_labels(real_data_dir):
    expected = np.load(real_data_dir / 'k2hpd_train_labels.npz')
    expected = expected['keypoints_xy'][::20]
    content = b'\n'.join(
        _line(b'%08d.png' % i, joints.ravel()) for i, joints in enumerate(expected)
    )
    records = parse_k2hpd_annotations(content)
    assert records.problems == []
    np.testing.assert_array_equal(records.keypoints, expected)


def test_grey_levels_are_20_mm():
    depth = np.array([[0, 0.5, 0.509, 0.511, 2.0], [5.08, 5.1, 5.2, 9, 0.02]])
    np.testing.assert_array_equal(to_grey(depth), [[0, 25, 25, 26, 100], [254, 255, 255, 255, 1]])
    assert to_grey(depth).dtype == np.uint8


def test_annotation_line_byte_for_byte():
    keypoints = np.stack([np.arange(19) + 0.4, 100 - np.arange(19) - 0.4], 1)
    keypoints[0] = (-3.2, 212.7)
    assert annotation_line(3, keypoints) == (
        '00000003.png -3,213,1,99,2,98,3,97,4,96,5,95,6,94,7,93,8,92,9,91,'
        '10,90,11,89,12,88,13,87,14,86,15,85,16,84,17,83,18,82\n'
    )


def test_annotations_are_read_as_they_were_written(tmp_path):
    keypoints = np.random.default_rng(0).uniform(-20, 300, (4, 19, 2))
    path = tmp_path / 'new' / 'train_annos.txt'
    write_k2hpd_annotations(path, [3, 4, 12345678, 7], keypoints)
    records = parse_k2hpd_annotations(path.read_bytes())
    assert records.names == ['00000003.png', '00000004.png', '12345678.png',
                             '00000007.png']  # yapf: disable
    assert records.problems == []
    np.testing.assert_array_equal(records.keypoints, np.rint(keypoints))


def test_depth_is_read_as_it_was_written(tmp_path):
    """Within half a grey level; what is invalid stays so."""
    width, height = K2HPD_IMAGE_SIZE
    depth = np.random.default_rng(0).uniform(0.5, 5, (height, width))
    depth[:10] = 0
    path = tmp_path / '00000003.png'
    write_k2hpd_image(path, depth)
    found = read_depth(str(path), GREY_UNIT_M)
    assert (found[:10] == 0).all()
    np.testing.assert_allclose(found, depth, atol=GREY_UNIT_M / 2 + 1e-6)
