import numpy as np
import pytest

from mmpose_cmb.datasets.k2hpd_annotations import (check_problems,
                                                   parse_k2hpd_annotations)


def _line(name=b'00000003.png', numbers=range(38)):
    return name + b' ' + b','.join(b'%d' % n for n in numbers)


def test_a_line_by_hand():
    records = parse_k2hpd_annotations(
        b'00000007.png 1,-2,30,40\n00000009.png 5,6,262,8', num_keypoints=2)
    assert records.names == ['00000007.png', '00000009.png']
    assert records.keypoints.dtype == np.float32
    np.testing.assert_array_equal(
        records.keypoints, [[[1, -2], [30, 40]], [[5, 6], [262, 8]]])
    assert records.line_numbers == [1, 2] and records.problems == []


@pytest.mark.parametrize('content', [
    b'\0\0\0' + _line() + b'\n' + _line(b'00000004.png') + b'\n',
    b'\n' + _line() + b'\n\n  \n' + _line(b'00000004.png') + b'\n\n',
    _line() + b'\r\n' + _line(b'00000004.png') + b'\r\n',
    _line() + b'\n' + _line(b'00000004.png'),
    _line() + b'  \n \t' + _line(b'00000004.png').replace(b',', b', '),
], ids=['nul', 'blank lines', 'crlf', 'no last newline', 'stray blanks'])
def test_what_is_forgiven(content):
    records = parse_k2hpd_annotations(content)
    assert records.names == ['00000003.png', '00000004.png']
    assert records.problems == []
    np.testing.assert_array_equal(records.keypoints[1].ravel(), range(38))


@pytest.mark.parametrize('line, found', [
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
])
def test_bad_lines_cost_themselves_only(line, found):
    records = parse_k2hpd_annotations(b'\n'.join(
        [_line(), line, _line(b'00000004.png')]))
    assert records.names == ['00000003.png', '00000004.png']
    assert records.line_numbers == [1, 3]
    assert len(records.problems) == 1
    line_number, message = records.problems[0]
    assert line_number == 2 and found in message


def test_an_empty_file():
    records = parse_k2hpd_annotations(b'')
    assert records.keypoints.shape == (0, 19, 2)
    with pytest.raises(ValueError, match='a.txt: holds no annotation'):
        check_problems('a.txt', [], 0, 1.)


def test_problems_are_told():
    assert check_problems('a.txt', [], 10, 0.) == ''
    problems = [(n, f'what {n}') for n in range(3, 10)]
    message = check_problems('a.txt', problems, 93, 0.07)
    assert message == ('a.txt: 7 of 100 records cannot be used and are left '
                       'out: line 3: what 3; line 4: what 4; line 5: what 5; '
                       'line 6: what 6; line 7: what 7; and 2 more')
    with pytest.raises(ValueError, match='7 of 100 .*max_bad_share = 0.06'):
        check_problems('a.txt', problems, 93, 0.06)
    with pytest.raises(ValueError, match='line 3: what 3'):
        check_problems('a.txt', problems, 0, 1.)


def test_real_labels(real_data_dir):
    expected = np.load(real_data_dir / 'k2hpd_train_labels.npz')
    expected = expected['keypoints_xy'][::20]
    content = b'\n'.join(
        _line(b'%08d.png' % i, joints.ravel())
        for i, joints in enumerate(expected))
    records = parse_k2hpd_annotations(content)
    assert records.problems == []
    np.testing.assert_array_equal(records.keypoints, expected)
