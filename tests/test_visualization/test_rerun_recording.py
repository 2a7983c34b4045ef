import sys
from dataclasses import replace

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.visualization.rerun_recording import RerunRecording

NAMES, LINKS = ['head', 'neck', 'hand'], [(0, 1), (1, 2)]
COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
INTRINSICS = (100.0, 110.0, 15.5, 11.5)


def person(in_space=True):
    return PersonPose(
        np.float32([[4, 5], [6, 7], [8, 9]]),
        np.float32([0.9, 0.8, 0.1]),
        np.float32([2, 3, 10, 20]),
        1.0,
        np.float32([[0, 0, 2], [0, 0.2, 2], [1, 1, 2]]) if in_space else None,
    )


def record(path, frames):
    pytest.importorskip('rerun', exc_type=ImportError)
    recording = RerunRecording(str(path), NAMES, LINKS, COLORS, COLORS[:2])
    for frame, persons in frames:
        recording.add(frame, persons)
    recording.close()


def read(path):
    """Columns of the recording by their names, one row a frame."""
    import rerun

    loaded = rerun.dataframe.load_recording(str(path))
    table = loaded.view(index='frame', contents='/**').select().read_all()
    return {name: table[name].to_pylist() for name in table.column_names}


def cleared(path):
    import rerun

    columns = rerun.dataframe.load_recording(str(path)).schema().component_columns()
    return {c.entity_path for c in columns if 'ClearIsRecursive' in str(c)}


def test_frames_and_skeletons_come_back(tmp_path):
    path = tmp_path / 'new' / 'x.rrd'
    depth_m = np.linspace(1, 2, 24 * 32, dtype=np.float32).reshape(24, 32)
    frame = DepthFrame(depth_m, INTRINSICS, 'a.png', 0, 0.25)
    record(path, [(frame, [person(), person()]), (frame, [person(False)])])
    assert [p.name for p in path.parent.iterdir()] == ['x.rrd']
    columns = read(path)
    image = np.ravel(columns['/world/camera/depth:ImageBuffer'][0])
    np.testing.assert_array_equal(np.uint8(image).view(np.float32), depth_m.ravel())
    # Column by column, as Rerun keeps matrices.
    np.testing.assert_allclose(
        np.ravel(columns['/world/camera:PinholeProjection'][0]),
        [100, 0, 0, 0, 110, 0, 15.5, 11.5, 1],
    )
    # The hand's score is too low; pixels are half a pixel apart.
    np.testing.assert_allclose(
        columns['/world/camera/person_1/joints:Position2D'][0], [[4.5, 5.5], [6.5, 7.5]]
    )
    np.testing.assert_allclose(
        columns['/world/person_0/joints:Position3D'][0], [[0, 0, 2], [0, 0.2, 2]]
    )
    strips = columns['/world/person_0/links:LineStrip3D'][0]
    np.testing.assert_allclose(strips, [[[0, 0, 2], [0, 0.2, 2]]])
    # Who has left, or is no longer known in space, must not stay.
    assert cleared(path) == {'/world/person_0', '/world/person_1', '/world/camera/person_1'}


def test_without_a_camera_there_is_the_image_alone(tmp_path):
    path = tmp_path / 'x.rrd'
    record(path, [(DepthFrame(np.ones((24, 32), np.float32)), [person(False)])])
    columns = read(path)
    assert '/world/camera:PinholeProjection' not in columns
    assert columns['/world/camera/person_0/joints:Position2D'][0]
    frame = DepthFrame(np.ones((24, 32), np.float32))
    record(path, [(replace(frame, intrinsics=INTRINSICS), []), (frame, [])])
    assert cleared(path) == {'/world/camera'}


def test_mistakes(tmp_path, monkeypatch):
    pytest.importorskip('rerun', exc_type=ImportError)
    with pytest.raises(ValueError, match='x.mp4.*ends with .rrd'):
        record(tmp_path / 'x.mp4', [])
    monkeypatch.setitem(sys.modules, 'rerun', None)
    with pytest.raises(ImportError, match='needs rerun-sdk'):
        RerunRecording('x.rrd', NAMES, LINKS, COLORS, COLORS[:2])
