"""Playback by a clock that stands still until somebody sleeps."""

import json

import numpy as np
import pytest

from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.live import NoFrame, RecordedSource, SourceEnded


@pytest.fixture
def folder(tmp_path):
    """Five frames at 1, 2, ... metres."""
    for i in range(5):
        write_depth_png_mm(str(tmp_path / f'{i}.png'), np.full((16, 20), i + 1, np.float32))
    return tmp_path


def _source(folder, clock, *args, **kwargs):
    return RecordedSource(str(folder), *args, clock=clock, sleep=clock.sleep, **kwargs)


def _metres(frame):
    return int(frame.depth_m[0, 0])


def test_frames_come_at_the_rate_that_is_asked_for(folder, clock):
    source = _source(folder, clock, 10.0)
    assert source.fps == pytest.approx(10)
    got = []
    with source:
        for frame in source:
            got.append((_metres(frame), clock.now_s - 100))
    np.testing.assert_allclose(got, [(i + 1, 0.1 * i) for i in range(5)], atol=1e-9)
    assert source.skipped == 0


def test_speed_and_the_files_own_fps(folder, clock):
    (folder / 'camera.json').write_text(json.dumps(dict(fps=25, intrinsics=[30, 31, 10, 8])))
    source = _source(folder, clock, speed=2.0)
    assert source.fps == pytest.approx(50)
    assert source.intrinsics[:4] == (30, 31, 10, 8)
    assert len(list(source)) == 5
    assert clock.now_s - 100 == pytest.approx(4 / 50)


def test_times_of_their_own(folder, clock):
    times_s = [7, 7.1, 7.5, 7.6, 7.7]
    (folder / 'camera.json').write_text(json.dumps(dict(times_s=times_s)))
    got = []
    for frame in _source(folder, clock):
        got.append((frame.time_s, clock.now_s - 93))
    np.testing.assert_allclose(got, np.column_stack([times_s, times_s]))


def test_times_must_not_go_back(folder, clock):
    (folder / 'camera.json').write_text(json.dumps(dict(times_s=[0, 1, 0.5, 2, 3])))
    with pytest.raises(ValueError, match='frame 2 is at 0.5 s after 1 s'):
        _source(folder, clock)
    assert len(list(_source(folder, clock, fps=5))) == 5


def test_frames_of_one_moment(folder, clock):
    """A coarse clock may give two frames the same time."""
    (folder / 'camera.json').write_text(json.dumps(dict(times_s=[0, 0.1, 0.1, 0.2, 0.3])))
    source = _source(folder, clock)
    assert [_metres(frame) for frame in source] == [1, 2, 3, 4, 5]
    assert source.fps == pytest.approx(10)


def test_who_reads_late_gets_the_newest_and_the_rest_is_skipped(folder, clock):
    source = _source(folder, clock, 10.0)
    assert _metres(source.read()) == 1
    clock.now_s += 0.25
    assert (_metres(source.read()), source.skipped) == (3, 1)
    clock.now_s += 60
    assert (_metres(source.read()), source.skipped) == (5, 2)
    with pytest.raises(SourceEnded, match='the recording has ended'):
        source.read()


def test_no_frame_before_its_time(folder, clock):
    source = _source(folder, clock, 0.5)
    source.read()
    with pytest.raises(NoFrame, match='within 1.5 s'):
        source.read(1.5)
    assert clock.slept_s == [1.5]
    assert _metres(source.read(1.5)) == 2
    assert clock.now_s == pytest.approx(102)


def test_again_and_again(folder, clock):
    source = _source(folder, clock, 10.0, loop=True)
    got = [_metres(source.read()) for _ in range(12)]
    assert got == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    assert clock.now_s - 100 == pytest.approx(1.1)
    # Five frames of the third turn, five of the fourth, one of the fifth.
    clock.now_s += 0.93
    assert (_metres(source.read()), source.skipped) == (1, 8)


def test_opening_again_begins_again(folder, clock):
    source = _source(folder, clock)
    with source:
        source.read(), source.read()
    with source:
        assert _metres(source.read()) == 1


def test_a_damaged_file_costs_that_frame_only(folder, clock):
    (folder / '1.png').write_bytes(b'no picture')
    source = _source(folder, clock)
    assert _metres(source.read()) == 1
    with pytest.raises(ValueError, match='1.png: not a whole PNG'):
        source.read()
    (folder / '2.png').unlink()
    with pytest.raises(ValueError, match='2.png'):
        source.read()
    assert _metres(source.read()) == 4


def test_arrays_play_too(clock):
    frames = np.full((3, 16, 20), 2000, np.uint16)
    source = RecordedSource(frames, 30.0, clock=clock, sleep=clock.sleep)
    assert [_metres(frame) for frame in source] == [2, 2, 2]
    assert 'depth taken for millimetres' in source.notes[0]


def test_mistakes_are_refused(folder, clock, tmp_path):
    with pytest.raises(ValueError, match='fps and speed must be positive'):
        _source(folder, clock, -1)
    with pytest.raises(FileNotFoundError, match='nothing'):
        _source(tmp_path / 'nothing', clock)
