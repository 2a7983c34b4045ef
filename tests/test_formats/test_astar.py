import numpy as np
import pytest

from mmpose_cmb.camera import SOFTKINETIC_DS325, project
from mmpose_cmb.formats.astar import (
    check_convention,
    frame_path,
    list_astar_frames,
    offset_px_joints,
    read_shand,
    read_skdepth,
    shand_line,
    skdepth_bytes,
    write_shand,
    write_skdepth,
)


def _hand():
    """20 joints of a slanted hand at half a metre, metres."""
    joints = np.random.default_rng(0).uniform(-0.08, 0.08, (20, 3))
    return joints + (0.05, -0.02, 0.5)


def test_depth_byte_for_byte():
    depth_m = np.array([[0, 0.3004], [0.8296, 1.5]])
    assert skdepth_bytes(depth_m) == np.array([32001, 300, 830, 1500], '<i2').tobytes()
    assert skdepth_bytes(depth_m)[:2] == b'\x01\x7d'


def test_line_byte_for_byte():
    joints = np.tile([0.0, 0.0, 0.5], (20, 1))
    joints[1] = (0.05, -0.1, 0.4)
    line = shand_line(project(joints, SOFTKINETIC_DS325), joints, 'offset_px')
    assert line.startswith('500.000 0.000 0.000,400.000 28.062 -57.625,500.000')
    assert line.count(',') == 19 and line.endswith('\n')


def test_depth_is_read_as_it_was_written(tmp_path):
    depth = np.random.default_rng(0).uniform(0.2, 1.2, (240, 320))
    depth[:9] = 0
    path = str(tmp_path / 'subject-1_A.skdepth')
    write_skdepth(path, depth)
    found = read_skdepth(path, background_m=None)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, depth, atol=0.00051)
    near = read_skdepth(path)
    np.testing.assert_array_equal(near, np.where(found > 0.83, 0, found))


def test_joints_are_read_as_they_were_written(tmp_path):
    joints = _hand()
    keypoints = project(joints, SOFTKINETIC_DS325)
    path = str(tmp_path / 'subject-1_A.shand')
    write_shand(path, keypoints, joints, 'offset_px')
    triples = read_shand(path)
    check_convention(triples[None], [path], 'offset_px')
    found_px, found_m = offset_px_joints(triples, SOFTKINETIC_DS325)
    np.testing.assert_allclose(found_px, keypoints, atol=0.0006)
    np.testing.assert_allclose(found_m, joints, atol=5e-6)
    write_shand(path, keypoints, joints, 'wrist_mm')
    triples = read_shand(path)
    check_convention(triples[None], [path], 'wrist_mm')
    np.testing.assert_allclose(triples, 1000 * (joints - joints[0]), atol=0.0006)
    with pytest.raises(ValueError, match="it fits 'wrist_mm'"):
        check_convention(triples[None], [path], 'offset_px')


@pytest.mark.parametrize('split, subject', [('train', 16), ('test', 3)])
def test_frames_are_found_where_they_were_put(tmp_path, split, subject):
    root, joints = str(tmp_path), _hand()
    for pose in ('A', '10'):
        write_skdepth(frame_path(root, split, subject, pose, '.skdepth'), np.full((240, 320), 0.5))
        write_shand(
            frame_path(root, split, subject, pose, '.shand'),
            project(joints, SOFTKINETIC_DS325),
            joints,
            'offset_px',
        )
    frames = list_astar_frames(root, split)
    assert [frame[:2] for frame in frames] == [(subject, '10'), (subject, 'A')]
