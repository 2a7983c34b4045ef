"""tools/live.py from its arguments to what it prints and writes."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mmpose_cmb import command_line
from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.live import RecordedSource, Recorder

TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'live.py'


class _Estimator:
    """Finds somebody in the middle of every frame, with K2HPD's unit."""

    spec = SimpleNamespace(
        depth_unit_m=0.02,
        invalid_values=(0, 255),
        skeleton=SimpleNamespace(
            keypoint_names=['head', 'foot'],
            links=[(0, 1)],
            link_colors=[(255, 0, 0)],
            keypoint_colors=[(0, 255, 0)] * 2,
        ),
    )

    finder = None

    def __init__(self):
        self.seen_m = []

    def estimate(self, frames, bboxes=None):
        self.seen_m += [frame.depth_m for frame in frames]
        joints = np.float32([[10, 6], [20, 18]])
        return [
            [PersonPose(joints, np.float32([0.9, 0.8]), np.float32([8, 4, 22, 20]))]
            for _ in frames
        ]


@pytest.fixture
def recording(tmp_path):
    """Six frames at 100 fps, the fourth without any depth."""
    with Recorder(str(tmp_path / 'rec'), fps=100.0) as recorder:
        for i in range(6):
            depth_m = np.full((24, 32), 0 if i == 3 else 2, np.float32)
            recorder.write(DepthFrame(depth_m, (30.0, 30.0, 16.0, 12.0)), i / 100)
    return str(tmp_path / 'rec')


@pytest.fixture
def live(monkeypatch, capfd):
    """Runs the tool with arguments; gives its exit status and output."""
    spec = importlib.util.spec_from_file_location('live_tool', TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    def run(*arguments, estimator=None, real=False):
        if not real:
            monkeypatch.setattr(tool, 'load_estimator', lambda args: estimator or _Estimator())
        monkeypatch.setattr(sys, 'argv', ['live.py', *map(str, arguments)])
        # The messages of mistakes in the script itself are told by it.
        monkeypatch.setattr(sys.modules['__main__'], '__file__', str(TOOL), raising=False)
        with pytest.raises(SystemExit) as end:
            command_line.run(tool.main)
        return end.value.code, capfd.readouterr()

    return run


def test_everything_is_written(live, recording, tmp_path):
    code, said = live(
        recording,
        '--model',
        'any.onnx',
        '--no-window',
        '--record',
        tmp_path / 'again',
        '--out-video',
        tmp_path / 'out.mp4',
        '--out-dir',
        tmp_path / 'pictures',
    )
    assert code == 0
    lines = said.out.strip().splitlines()
    first, second = lines[:2]
    (last,) = (line for line in lines if line.endswith(' ms)') and ' frames (' in line)
    assert first == f'{recording}: 100 fps, intrinsics 30 30 16 12'
    assert second == f'{recording}/camera.json: intrinsics and unit'
    # On a slow machine frames are dropped; none is lost without being counted.
    frames, dropped = int(last.split()[0]), int(last.split(' dropped')[0].split()[-1])
    assert frames + dropped == 6 and frames >= 1
    pictures = len(list((tmp_path / 'pictures').glob('*.png')))
    not_written = (
        0 if 'pictures' not in lines[-1] else int(lines[-1].split(' pictures')[0].split()[-1])
    )
    assert frames <= pictures + not_written
    recorded = len(RecordedSource(str(tmp_path / 'again')).frames)
    assert frames <= recorded <= 6
    assert cv2.VideoCapture(str(tmp_path / 'out.mp4')).read()[0]


def test_without_a_display_it_goes_on(live, recording, monkeypatch):
    monkeypatch.setattr('mmpose_cmb.drawing.window.why_no_window', lambda: 'there is no display')
    code, said = live(recording, '--model', 'any.onnx', '--max-frames', 1)
    assert code == 0
    assert 'no window: there is no display; going on without one\n' in said.out
    assert said.out.splitlines()[-1].startswith('1 frames (1 person), ')


def test_frames_without_depth_alone_are_a_failure(live, tmp_path):
    np.save(tmp_path / 'holes.npy', np.zeros((3, 24, 32), np.uint16))
    code, said = live(tmp_path / 'holes.npy', '--model', 'any.onnx', '--no-window', '--fps', 200)
    assert (code, said.err) == (2, 'error: no frame could be used\n')
    assert 'no depth in this frame: holes only' in said.out
    assert 'unknown intrinsics: a usual camera is assumed' in said.out


def test_joints_on_standard_output_and_nothing_else(live, recording, tmp_path):
    """Lines there, messages on the other, and the same lines in a file."""
    code, said = live(recording, '--model', 'any.onnx', '--no-window', '--jsonl', '-')
    assert code == 0
    header, *frames = map(json.loads, said.out.splitlines())
    assert header['type'] == 'header'
    assert header['source'] == recording
    assert header['keypoint_names'] == ['head', 'foot']
    assert header['skeleton_links'] == [[0, 1]]
    assert [frame['number'] for frame in frames] == list(range(len(frames)))
    for frame in frames:
        if frame['frame'] == 3:
            assert frame['persons'] == []
            assert frame['message'].startswith('no depth')
        else:
            (person,) = frame['persons']
            assert person['id'] == 1
            # Smoothed, and at rest.
            assert person['keypoints'] == [[10, 6], [20, 18]]
    assert f'{len(frames)} frames (' in said.err

    code, said = live(
        recording, '--model', 'any.onnx', '--no-window', '--jsonl', tmp_path / 'joints.jsonl'
    )
    assert f'{recording}: 100 fps' in said.out
    assert json.loads((tmp_path / 'joints.jsonl').read_text().splitlines()[0])['type'] == 'header'


def test_joints_over_zeromq_end_with_the_run(live, recording, capfd):
    pytest.importorskip('zmq')
    code, said = live(
        recording, '--model', 'any.onnx', '--no-window', '--zmq', 'tcp://127.0.0.1:*'
    )
    assert code == 0
    assert 'joints at tcp://127.0.0.1:' in said.out


@pytest.mark.parametrize('unit_m, expected_m', (((), 2.0), (('--unit-m', 0.01), 1.0)))
def test_the_models_unit_where_nobody_tells_another(live, tmp_path, unit_m, expected_m):
    """An 8-bit picture: 100 levels of the model's 2 cm; 255 is invalid."""
    levels = np.full((24, 32), 100, np.uint8)
    levels[:, 20:] = 255
    cv2.imwrite(str(tmp_path / 'frame.png'), levels)
    estimator = _Estimator()
    code, said = live(
        tmp_path / 'frame.png', '--model', 'any.onnx', '--no-window', *unit_m, estimator=estimator
    )
    assert code == 0
    (depth_m,) = estimator.seen_m
    np.testing.assert_allclose(depth_m[:, :20], expected_m, rtol=1e-6)
    assert not depth_m[:, 20:].any()
    assert ('units of 0.02 m' in said.out) == (not unit_m)


@pytest.mark.parametrize(
    'arguments, message',
    (
        (('nothing', '--model', 'x.onnx'), 'nothing: no such file or folder'),
        (('realsense', '--model', 'x.onnx', '--loop'), 'loop is for recordings'),
        (('rec', '--model', 'x.onnx', '--smooth', '-1', '1'), 'min_cutoff_hz=-1'),
        (('rec', '--model', 'x.onnx', '--zmq', 'nowhere'), 'nowhere: ZeroMQ '),
        (('rec', '--model', 'x.onnx', '--out-video', 'x.gif'), 'written as .mp4'),
    ),
)
def test_mistakes_end_with_one_line(live, recording, monkeypatch, arguments, message):
    monkeypatch.chdir(Path(recording).parent)
    code, said = live(*arguments, '--no-window')
    assert code == 2
    assert said.err.startswith('error: ') and message in said.err
    assert said.err.count('\n') == 1


@pytest.mark.parametrize(
    'arguments, message',
    (
        (('--model', 'missing.onnx'), 'missing.onnx'),
        (('--config', 'no.py', '--checkpoint', 'no.pth'), 'no.py: no such config'),
    ),
)
def test_a_model_that_is_missing(live, recording, arguments, message):
    code, said = live(recording, *arguments, '--no-window', real=True)
    assert code == 2
    # What MMPose's own imports warn of goes before.
    last = said.err.splitlines()[-1]
    assert last.startswith('error: ') and message in last


def test_a_missing_package_is_named(live, recording, monkeypatch):
    for module, arguments, message in (
        ('pyrealsense2', ('realsense',), 'RealSense cameras need the package'),
        ('zmq', (recording, '--zmq', '0'), 'pip install pyzmq'),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        code, said = live(*arguments, '--model', 'x.onnx', '--no-window')
        assert code == 2
        assert said.err.startswith('error: ') and message in said.err


def test_help_imports_nothing_heavy():
    """It is there at once: neither numpy nor OpenCV nor torch is loaded."""
    code = (
        'import runpy, sys\n'
        'sys.argv = ["live.py", "--help"]\n'
        'try:\n'
        f'    runpy.run_path({str(TOOL)!r}, run_name="__main__")\n'
        'except SystemExit:\n'
        '    print(sorted({"numpy", "cv2", "torch", "mmpose", "scipy"}'
        ' & set(sys.modules)))\n'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert '--jsonl' in done.stdout
    assert done.stdout.splitlines()[-1] == '[]'


def test_model_or_config(live, recording):
    for arguments in (
        ('--config', 'c.py'),
        ('--model', 'm', '--config', 'c', '--checkpoint', 'w'),
    ):
        code, said = live(recording, *arguments)
        assert code == 2
        assert 'give --model, or --config and --checkpoint' in said.err


def test_without_a_model_the_shipped_network_runs(live, recording):
    code, said = live(recording, '--no-window', '--max-frames', '2')
    assert code == 0
    assert 'last frames' in said.out
