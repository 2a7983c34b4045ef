"""tools/live.py from its arguments to what it prints and writes."""
import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.live import RecordedSource, Recorder

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'live.py'


class _Estimator:
    """Finds somebody in the middle of every frame."""
    skeleton_links, link_colors = [(0, 1)], [(255, 0, 0)]
    keypoint_colors = [(0, 255, 0)] * 2

    def estimate(self, frames, bboxes=None):
        joints = np.float32([[10, 6], [20, 18]])
        return [[
            PersonPose(joints, np.float32([0.9, 0.8]),
                       np.float32([8, 4, 22, 20]))
        ] for _ in frames]


@pytest.fixture
def recording(tmp_path):
    """Six frames at 100 fps, the fourth without any depth."""
    with Recorder(str(tmp_path / 'rec'), fps=100.) as recorder:
        for i in range(6):
            depth_m = np.full((24, 32), 0 if i == 3 else 2, np.float32)
            recorder.write(DepthFrame(depth_m, (30., 30., 16., 12.)), i / 100)
    return str(tmp_path / 'rec')


@pytest.fixture
def live(monkeypatch, capsys):
    """Runs the tool with arguments; gives its exit code and output."""
    spec = importlib.util.spec_from_file_location('live_tool', TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    def run(*arguments, estimator=True):
        if estimator:
            monkeypatch.setattr(tool, 'load_estimator',
                                lambda args: _Estimator())
        monkeypatch.setattr(sys, 'argv', ['live.py', *map(str, arguments)])
        code = 0
        try:
            tool.main()
        except SystemExit as exit:
            code = exit.code
        return code, capsys.readouterr()

    return run


def test_everything_is_written(live, recording, tmp_path):
    code, said = live(recording, '--model', 'any.onnx', '--no-window',
                      '--record', tmp_path / 'again', '--out-video',
                      tmp_path / 'out.mp4', '--out-dir', tmp_path / 'pictures')
    assert code == 0
    first, second, *_, last = said.out.strip().splitlines()
    assert first == f'{recording}: 100 fps, intrinsics 30 30 16 12'
    assert second == f'{recording}/camera.json: intrinsics and unit'
    # On a slow machine frames are dropped; none is lost without being counted.
    frames, dropped = int(last.split()[0]), int(
        last.split(' dropped')[0].split()[-1])
    assert frames + dropped == 6 and frames >= 1
    assert len(list((tmp_path / 'pictures').glob('*.png'))) == frames
    recorded = len(RecordedSource(str(tmp_path / 'again')).frames)
    assert frames <= recorded <= 6
    assert cv2.VideoCapture(str(tmp_path / 'out.mp4')).read()[0]


def test_without_a_display_it_goes_on(live, recording, monkeypatch):
    monkeypatch.setattr('mmpose_cmb.live.screen.why_no_window',
                        lambda: 'there is no display')
    code, said = live(recording, '--model', 'any.onnx', '--max-frames', 1)
    assert code == 0
    assert said.err == ('no window: there is no display; going on without '
                        'one\n')
    assert said.out.splitlines()[-1].startswith('1 frames (1 person), ')


def test_frames_without_depth_alone_are_a_failure(live, tmp_path):
    np.save(tmp_path / 'holes.npy', np.zeros((3, 24, 32), np.uint16))
    code, said = live(tmp_path / 'holes.npy', '--model', 'any.onnx',
                      '--no-window', '--fps', 200)
    assert code == 'error: no frame could be used'
    assert 'no depth in this frame: holes only' in said.out
    assert 'unknown intrinsics: the first box is the whole frame' in said.out


@pytest.mark.parametrize('arguments, message', (
    (('nothing', '--model', 'x.onnx'), 'nothing: no such file or folder'),
    (('rec', '--model', 'missing.onnx'), 'missing.onnx'),
    (('realsense', '--model', 'x.onnx', '--loop'), 'loop is for recordings'),
    (('rec', '--model', 'x.onnx', '--smooth', '-1', '1'), 'min_cutoff_hz=-1'),
    (('rec', '--config', 'no.py', '--checkpoint', 'no.pth'),
     'no.py: no such config'),
))
def test_mistakes_end_with_one_line(live, recording, monkeypatch, arguments,
                                    message):
    monkeypatch.chdir(Path(recording).parent)
    code, _ = live(*arguments, '--no-window', estimator=False)
    assert code.startswith('error: ') and message in code
    assert '\n' not in code


def test_a_missing_package_is_named(live, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pyrealsense2', None)
    code, _ = live('realsense', '--model', 'x.onnx', '--no-window')
    assert code.startswith('error: RealSense cameras need the package')


def test_model_or_config(live, recording):
    for arguments in ((), ('--config', 'c.py'), ('--model', 'm', '--config',
                                                 'c', '--checkpoint', 'w')):
        code, said = live(recording, *arguments)
        assert code == 2
        assert 'give --model, or --config and --checkpoint' in said.err
