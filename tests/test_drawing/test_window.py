import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from mmpose_cmb.drawing import window as window_module
from mmpose_cmb.drawing.window import Window, has_display, why_no_window


def test_no_display_is_said_and_nothing_is_opened(monkeypatch):
    monkeypatch.setattr('sys.platform', 'linux')
    monkeypatch.setattr(cv2, 'getBuildInformation', lambda: '  GUI:  QT5\n')
    monkeypatch.delenv('DISPLAY', raising=False)
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    with pytest.raises(RuntimeError, match='no window: there is no display'):
        Window('title')
    assert not has_display()
    # Where the trial succeeds there can be one.
    monkeypatch.setenv('DISPLAY', ':0')
    monkeypatch.setattr(window_module, 'TRIAL', '')
    assert has_display()
    monkeypatch.setattr(cv2, 'getBuildInformation', lambda: '  GUI:  NONE\n')
    assert 'opencv-python-headless' in why_no_window()


@pytest.mark.parametrize(
    'trial',
    ('import os; os.abort()', 'raise ImportError("no cv2")', 'import time; time.sleep(60)'),
)
def test_a_display_that_does_not_answer(monkeypatch, trial):
    """Qt would end this process, and ends the one that tries instead."""
    monkeypatch.setattr('sys.platform', 'linux')
    monkeypatch.setattr(cv2, 'getBuildInformation', lambda: '  GUI:  QT5\n')
    monkeypatch.setenv('DISPLAY', ':77')
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    monkeypatch.setattr(window_module, 'TRIAL', trial)
    if 'sleep' in trial:
        monkeypatch.setattr(window_module, 'TRIAL_S', 0.01)
    assert why_no_window() == 'OpenCV cannot use the display DISPLAY=:77'


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='Qt aborts on Linux')
@pytest.mark.parametrize('display', (None, ':77'))
def test_a_process_without_a_display_lives_on(display):
    """With the real OpenCV, whose windows abort here (exit status 134)."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ('DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM')
    }
    if display is not None:
        environment['DISPLAY'] = display
    done = subprocess.run(
        [
            sys.executable,
            '-c',
            'from mmpose_cmb.drawing.window import has_display\nprint(has_display())',
        ],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (done.returncode, done.stdout) == (0, 'False\n'), done.stderr


def test_window(monkeypatch):
    """What is shown is BGR; q, Escape and the cross end it."""
    monkeypatch.setattr(window_module, 'why_no_window', lambda: None)
    shown, keys, visible = [], [-1, -1, ord('q'), 27, -1], [1.0, 0.0, 1.0]
    for name, function in dict(
        namedWindow=lambda *_: None,
        imshow=lambda title, picture: shown.append(picture),
        resizeWindow=lambda *_: None,
        waitKey=lambda _: keys.pop(0),
        getWindowProperty=lambda *_: visible.pop(0),
        destroyWindow=lambda _: None,
    ).items():
        monkeypatch.setattr(cv2, name, function)
    window = Window('title')
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[..., 0] = 255
    assert [window.show(picture) for _ in range(4)] == [True, False, False, False]
    assert len(shown) == 4
    # Without a new picture it listens alone.
    assert window.show()
    assert len(shown) == 4
    assert tuple(shown[0][0, 0]) == (0, 0, 255)
    window.close()


def test_a_window_that_opencv_refuses(monkeypatch):
    monkeypatch.setattr(window_module, 'why_no_window', lambda: None)

    def refuse(*_):
        raise cv2.error('The function is not implemented')

    monkeypatch.setattr(cv2, 'namedWindow', refuse)
    with pytest.raises(RuntimeError, match='not implemented'):
        Window('title')
