import json

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.live import RecordedSource, Recorder


def _frame(index, intrinsics=(30.0, 31.0, 10.0, 8.0)):
    depth_m = np.random.default_rng(index).uniform(1, 4, (16, 20))
    depth_m[0] = 0
    return DepthFrame(depth_m.astype(np.float32), intrinsics, 'f', index)


def test_what_was_recorded_plays_back(tmp_path, clock):
    times_s = [50.25, 50.3, 50.45]
    with Recorder(str(tmp_path / 'rec'), fps=20.0) as recorder:
        for i, t in enumerate(times_s):
            recorder.write(_frame(i), t)
    source = RecordedSource(str(tmp_path / 'rec'), clock=clock, sleep=clock.sleep)
    got = list(source)
    assert source.intrinsics[:4] == (30, 31, 10, 8)
    np.testing.assert_allclose([f.time_s for f in got], [0, 0.05, 0.2])
    assert clock.now_s == pytest.approx(100.2)
    for i, frame in enumerate(got):
        np.testing.assert_allclose(frame.depth_m, _frame(i).depth_m, atol=0.5001e-3)
        assert not frame.depth_m[0].any()


def test_it_appears_when_it_is_whole(tmp_path):
    recorder = Recorder(str(tmp_path / 'rec'), fps=20.0)
    recorder.write(_frame(0), 0.0)
    assert not (tmp_path / 'rec').exists()
    # What broke off plays back as well.
    aside = tmp_path / 'rec.part'
    camera = json.loads((aside / 'camera.json').read_text())
    assert camera == dict(depth_unit_m=0.001, intrinsics=[30, 31, 10, 8], fps=20)
    assert len(list(RecordedSource(str(aside)))) == 1
    recorder.close()
    recorder.close()
    assert not aside.exists()
    assert sorted(p.name for p in (tmp_path / 'rec').iterdir()) == ['000000.png', 'camera.json']


def test_nothing_recorded_leaves_nothing(tmp_path):
    with Recorder(str(tmp_path / 'rec')):
        pass
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    for name in ('rec', 'rec.part'):
        (tmp_path / name).mkdir()
        Recorder(str(tmp_path / 'rec')).close()
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / '0.png').touch()
        with pytest.raises(ValueError, match=f'{name} is there already'):
            Recorder(str(tmp_path / 'rec') + '/')
        (tmp_path / name / '0.png').unlink()
        (tmp_path / name).rmdir()


def test_frames_must_be_of_one_camera(tmp_path):
    with Recorder(str(tmp_path / 'rec')) as recorder:
        recorder.write(_frame(0), 0.0)
        with pytest.raises(ValueError, match='the recording began with'):
            recorder.write(_frame(1, intrinsics=None), 1.0)
        far = _frame(1)
        far.depth_m[3, 3] = 70
        with pytest.raises(ValueError, match='0 to 65.535 m'):
            recorder.write(far, 1.0)
        recorder.write(_frame(1), 2.0)
    assert len(RecordedSource(str(tmp_path / 'rec')).frames) == 2
