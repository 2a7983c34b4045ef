import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.evaluation.prediction_files import parse_joints, read_joints, to_camera, to_pixels

JOINTS = np.arange(18.0).reshape(3, 2, 3)  # 3 frames of 2 joints


@pytest.mark.parametrize(
    'text',
    [
        '0 1 2 3 4 5\n6 7 8 9 10 11\n12 13 14 15 16 17\n',
        '0,1,2,3,4,5\n6,7,8,9,10,11\n12,13,14,15,16,17',
        ' 0, 1, 2,\t3, 4, 5,\r\n6 7 8, 9 10 11\r\n\r\n12 13 14 15 16 17\r\n',
        '0 1 2\n3 4 5\n6 7 8\n9 10 11\n12 13 14\n15 16 17\n',
        '0,1,2\n3,4,5\n\n6,7,8\n9,10,11\n\n\n12,13,14\n15,16,17\n\n',
        '# x y z\n0 1 2 # head\n3 4 5\n  # next\n6 7 8\n9 1e1 11\n12 13 14\n15 16 +17.0',
    ],
)
def test_forms_of_text(text):
    np.testing.assert_array_equal(parse_joints(text, 2), JOINTS)


def test_one_joint_is_a_frame():
    np.testing.assert_array_equal(parse_joints('1 2 3\n4 5 6\n', 1), [[[1, 2, 3]], [[4, 5, 6]]])


def test_missing_joints_are_nan():
    joints = parse_joints('1 2 nan 3 4 NaN', 2)
    np.testing.assert_array_equal(joints, [[[1, 2, np.nan], [3, 4, np.nan]]])


@pytest.mark.parametrize(
    'text, message',
    [
        (
            '\n1 2 3 4 5\n',
            r'f, line 2: 5 numbers, expected 6 \(a frame of 2 '
            r'joints\) or 3 \(a joint\)',
        ),
        ('1 2 3 4 5 6\n1 2 3\n', r'f, line 2: 3 numbers, expected 6 \(a frame'),
        ('1 2 3\n4 5 6\n1 2\n', r'f, line 3: 2 numbers, expected 3 \(a joint'),
        (
            '1 2 3\n4 5 6\n1 2 3\n\n4 5 6',
            'f, line 4: the frame that ends here has 1 joints, expected 2',
        ),
        ('1 2 3\n4 5 6\n1 2 3', 'f, line 3: the frame that ends here has 1'),
        ('1 2 3\n4 x5 6\n', 'f, line 2: "x5" is no number'),
        ('1,2,,4,5,6\n', 'f, line 1: nothing between two commas'),
        (',1,2,3,4,5,6\n', 'f, line 1: nothing between two commas'),
    ],
)
def test_bad_text(text, message):
    with pytest.raises(ValueError, match=message):
        parse_joints(text, 2, 'f')


def test_arrays(tmp_path):
    np.save(tmp_path / 'a.npy', JOINTS.astype(np.float32))
    np.save(tmp_path / 'b.npy', JOINTS.reshape(3, 6).astype(np.int16))
    np.savez(tmp_path / 'c.npz', only=JOINTS)
    np.savez(tmp_path / 'd.npz', one=JOINTS + 1, two=JOINTS)
    (tmp_path / 'e.txt').write_text('0 1 2 3 4 5\n6 7 8 9 10 11\n12 13 14 15 16 17\n')
    for name, key in (
        ('a.npy', None),
        ('b.npy', None),
        ('c.npz', None),
        ('c.npz', 'only'),
        ('d.npz', 'two'),
        ('e.txt', None),
    ):
        joints = read_joints(str(tmp_path / name), 2, key)
        assert joints.dtype == np.float64
        np.testing.assert_array_equal(joints, JOINTS)


@pytest.mark.parametrize(
    'name, key, message',
    [
        ('none.txt', None, 'none.txt: no such file'),
        ('empty.txt', None, 'empty.txt: holds no frame'),
        ('bytes.txt', None, 'bytes.txt: line 1 is not UTF-8 text'),
        ('good.txt', 'k', 'good.txt: only .npz files have keys'),
        ('good.npy', 'k', 'good.npy: only .npz files have keys'),
        ('two.npz', None, 'choose an array by its key; there are one, two'),
        ('two.npz', 'k', 'has no array "k"; there are one, two'),
        ('broken.npz', None, 'broken.npz: cannot be read'),
        ('hollow.npy', None, 'hollow.npy: cannot be read'),
        (
            'strange.npy',
            None,
            r'shape \[N, 2, 3\] or \[N, 6\] \(2 joints\), got '
            r'float64 \(3, 7\)',
        ),
        ('words.npy', None, 'words.npy: .*no numbers'),
        ('none.npy', None, 'none.npy: no such file'),
        ('few.npy', None, 'few.npy: holds no frame'),
    ],
)
def test_bad_files(tmp_path, name, key, message):
    (tmp_path / 'empty.txt').write_text('# only a comment\n\n')
    (tmp_path / 'bytes.txt').write_bytes(b'\x81\x00')
    (tmp_path / 'good.txt').write_text('1 2 3 4 5 6')
    np.save(tmp_path / 'good.npy', JOINTS)
    np.savez(tmp_path / 'two.npz', one=JOINTS, two=JOINTS)
    (tmp_path / 'broken.npz').write_bytes(b'PK\x03\x04 cut')
    (tmp_path / 'hollow.npy').write_bytes(b'')
    np.save(tmp_path / 'strange.npy', np.zeros((3, 7)))
    np.save(tmp_path / 'words.npy', np.full((3, 6), 'a'))
    np.save(tmp_path / 'few.npy', np.zeros((0, 6)))
    error = FileNotFoundError if 'no such' in message else ValueError
    with pytest.raises(error, match=message):
        read_joints(str(tmp_path / name), 2, key)


CAMERA = Camera(100.0, 200.0, 50.0, 40.0)


def test_pixels_with_depth_become_metres():
    # 20 px right of the centre at 2 m: 20 / 100 * 2 = 0.4 m to the right;
    # 10 px below: 10 / 200 * 2 = 0.1 m down.
    expected = [[[0.4, 0.1, 2.0]]]
    for values, unit_m in (([70, 50, 2.0], 1.0), ([70, 50, 2000.0], 0.001)):
        np.testing.assert_allclose(
            to_camera([[values]], 'uvd', unit_m=unit_m, intrinsics=CAMERA), expected
        )


@pytest.mark.parametrize(
    'values, form, unit_m',
    [
        ([0.4, 0.1, 2.0], 'xyz', 1.0),
        ([0.4, -0.1, 2.0], 'xyz-yup', 1.0),
        ([400, 100, 2000], 'xyz', 0.001),
        ([400, -100, 2000], 'xyz-yup', 0.001),
    ],
)
def test_camera_frame_in_any_unit(values, form, unit_m):
    np.testing.assert_allclose(to_camera([[values]], form, unit_m=unit_m), [[[0.4, 0.1, 2.0]]])


def test_missing_joints_stay_missing():
    values = [[[70, 50, 2.0], [np.nan, 50, 2.0], [70, 50, np.nan]]]
    for form in ('uvd', 'xyz', 'xyz-yup'):
        joints = to_camera(values, form, intrinsics=CAMERA)
        np.testing.assert_array_equal(np.isfinite(joints).all(axis=-1), [[True, False, False]])


@pytest.mark.parametrize(
    'values, form, options, message',
    [
        ([1, 1, 2000], 'uvd', {}, 'f: the median depth would be 2000 m; is a unit really 1 m,'),
        ([1, 1, 2], 'uvd', dict(unit_m=0.001), 'would be 0.002 m; is a unit really'),
        ([1, 1, 2000], 'xyz', {}, 'would be 2000 m'),
        ([1, 1, -2000], 'xyz-yup', {}, 'would be 2000 m'),
        ([1, 1, np.nan], 'xyz', {}, 'f: no joint has a depth'),
        ([1, 1, 2], 'uvd', dict(intrinsics=None), 'f: pixels with depth .* need'),
        ([1, 1, 2], 'xzy', {}, "form must be one of .*got 'xzy'"),
        ([1, 1, 2], 'xyz', dict(unit_m=0.0), 'unit_m must be above 0, got 0'),
    ],
)
def test_what_cannot_be(values, form, options, message):
    options = dict(dict(intrinsics=CAMERA, source='f'), **options)
    with pytest.raises(ValueError, match=message):
        to_camera([[values]], form, **options)


def test_relative_joints_may_have_no_depth():
    assert (to_camera(np.zeros((1, 2, 3)), 'xyz') == 0).all()


def test_two_numbers_a_joint(tmp_path):
    expected = np.arange(8.0).reshape(2, 2, 2)
    for text in ('0 1 2 3\n4 5 6 7', '0 1\n2 3\n\n4 5\n6 7'):
        np.testing.assert_array_equal(parse_joints(text, 2, dims=2), expected)
    np.save(tmp_path / 'a.npy', expected)
    np.testing.assert_array_equal(read_joints(str(tmp_path / 'a.npy'), 2, dims=2), expected)
    with pytest.raises(ValueError, match=r'3 numbers, expected 4 .* or 2'):
        parse_joints('1 2 3', 2, dims=2)


def test_every_form_on_the_image_plane():
    camera = Camera(100, 50, 80, 60)
    xyz = np.array([[[0.2, -0.4, 2.0], [0.0, 0.0, -1.0]]])
    expected = [[[90.0, 50.0], [np.nan, np.nan]]]
    np.testing.assert_allclose(to_pixels(xyz, 'xyz', intrinsics=camera), expected)
    np.testing.assert_allclose(to_pixels(xyz * (1, -1, 1), 'xyz-yup', intrinsics=camera), expected)
    uvd = np.array([[[20.0, 40.0, 2.0], [0.5, 0.5, np.nan]]])
    np.testing.assert_array_equal(to_pixels(uvd, 'uvd'), uvd[..., :2])
    np.testing.assert_array_equal(to_pixels(uvd[..., :2], 'uv'), uvd[..., :2])
    with pytest.raises(ValueError, match='f: all joints lie between 0 and 1: parts of the width'):
        to_pixels(uvd[:, 1:, :2], 'uv', source='f')
    with pytest.raises(ValueError, match='f: joints in space .* intrinsics'):
        to_pixels(xyz, 'xyz', source='f')
    with pytest.raises(ValueError, match='f: pixels without depth'):
        to_camera(xyz[..., :2], 'uv', source='f')
