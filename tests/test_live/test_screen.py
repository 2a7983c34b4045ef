import os

import cv2
import numpy as np
import pytest

from mmpose_cmb.live import LiveResult
from mmpose_cmb.live.latency import Latency
from mmpose_cmb.live.screen import (Painter, VideoFile, Window, describe,
                                    why_no_window)

LINKS, LINK_COLORS = [(0, 1), (1, 2)], [(255, 0, 0), (0, 255, 0)]
JOINT_COLORS = [(0, 0, 255)] * 3


@pytest.fixture
def painter():
    return Painter(LINKS, LINK_COLORS, JOINT_COLORS)


def _strip(picture):
    return picture[-52:]


def _has_warning(picture):
    """Whether there is orange text, whose edges are blended."""
    red, _, blue = _strip(picture).astype(int).transpose(2, 0, 1)
    return (red - blue).max() > 50


def test_skeleton_and_figures(painter, fakes):
    result = LiveResult(
        7,
        fakes.frame(), [fakes.person(side=14.)],
        latency=Latency(25., 30., 41.),
        dropped=3)
    assert describe(result) == ('25.0 fps, 30 ms (95 %: 41 ms), 3 dropped, '
                                '1 person', None)
    picture = painter(result)
    nobody = painter(LiveResult(8, fakes.frame()))
    assert picture.dtype == np.uint8 and picture.shape == nobody.shape
    scale = (picture.shape[0] - 52) // 24
    for (x, y), color in (((13.5, 8.5), (255, 0, 0)), ((20.5, 15.5), (0, 255,
                                                                      0))):
        assert tuple(picture[int((y + .5) * scale),
                             int((x + .5) * scale)]) == color
    assert not (nobody[:-52] == (255, 0, 0)).all(-1).any()
    assert (_strip(picture) != _strip(nobody)).any()


def test_messages_stand_out(painter, fakes):
    said = painter(LiveResult(0, fakes.frame(), message='no person found'))
    silent = painter(LiveResult(0, fakes.frame()))
    assert _has_warning(said)
    assert not _has_warning(silent)
    long = painter(LiveResult(0, fakes.frame(), message='Ä' * 500))
    assert long.shape == said.shape


def test_without_a_frame_the_last_one_stays(painter, fakes):
    empty = painter(LiveResult(0, message='no frame for 3 s'))
    assert empty.shape[2] == 3
    frame = fakes.frame()
    frame.depth_m[:12] = 1.
    shown = painter(LiveResult(0, frame))
    later = painter(LiveResult(1, message='unplugged'))
    np.testing.assert_array_equal(shown[:-52], later[:-52])


def test_colours_do_not_flicker(painter, fakes):
    """A wall that appears at 8 m moves the colours of 2 m by a tenth."""
    near = fakes.frame(2.)
    near.depth_m[:, :16] = 1.
    far = fakes.frame(8.)
    far.depth_m[:, :16] = 1.
    painter(LiveResult(0, near))
    first = painter._range.copy()
    painter(LiveResult(1, far))
    np.testing.assert_allclose(painter._range - first, [0, 0.6], atol=0.05)
    painter(LiveResult(2, fakes.frame(0.)))
    np.testing.assert_allclose(painter._range - first, [0, 0.6], atol=0.05)


def test_no_display_is_said_and_nothing_is_opened(monkeypatch):
    monkeypatch.setattr('sys.platform', 'linux')
    monkeypatch.setattr(cv2, 'getBuildInformation', lambda: '  GUI:  QT5\n')
    monkeypatch.delenv('DISPLAY', raising=False)
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    with pytest.raises(RuntimeError, match='no window: there is no display'):
        Window('title')
    monkeypatch.setenv('DISPLAY', ':0')
    assert why_no_window() is None
    monkeypatch.setattr(cv2, 'getBuildInformation', lambda: '  GUI:  NONE\n')
    assert 'opencv-python-headless' in why_no_window()


def test_window(monkeypatch):
    """What is shown is BGR; q, Escape and the cross end it."""
    monkeypatch.setattr('mmpose_cmb.live.screen.why_no_window', lambda: None)
    shown, keys, visible = [], [-1, -1, ord('q'), 27], [1., 0.]
    for name, function in dict(
            namedWindow=lambda *_: None,
            imshow=lambda title, picture: shown.append(picture),
            resizeWindow=lambda *_: None,
            waitKey=lambda _: keys.pop(0),
            getWindowProperty=lambda *_: visible.pop(0),
            destroyWindow=lambda _: None).items():
        monkeypatch.setattr(cv2, name, function)
    window = Window('title')
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[..., 0] = 255
    assert [window.show(picture)
            for _ in range(4)] == [True, False, False, False]
    assert tuple(shown[0][0, 0]) == (0, 0, 255)
    window.close()


def test_a_window_that_opencv_refuses(monkeypatch):
    monkeypatch.setattr('mmpose_cmb.live.screen.why_no_window', lambda: None)

    def refuse(*_):
        raise cv2.error('The function is not implemented')

    monkeypatch.setattr(cv2, 'namedWindow', refuse)
    with pytest.raises(RuntimeError, match='not implemented'):
        Window('title')


def test_video_plays_as_fast_as_it_came(tmp_path):
    """Grey for 0.5 s, white for 0.3 s, at 10 frames per second."""
    path = str(tmp_path / 'new' / 'out.mp4')
    video = VideoFile(path, fps=10.)
    for level, time_s in ((90, 50.), (250, 50.5), (250, 50.8)):
        video.write(np.full((64, 96, 3), level, np.uint8), time_s)
    assert not os.path.exists(path)
    video.close()
    video.close()
    assert os.listdir(tmp_path / 'new') == ['out.mp4']
    capture, levels = cv2.VideoCapture(path), []
    while True:
        came, picture = capture.read()
        if not came:
            break
        levels.append(picture.mean())
    assert len(levels) == 9
    np.testing.assert_allclose(levels, [90] * 5 + [250] * 4, atol=12)


def test_video_names(tmp_path):
    with pytest.raises(ValueError, match='videos are written as .mp4'):
        VideoFile(str(tmp_path / 'out.gif'))
    VideoFile(str(tmp_path / 'never.mp4')).close()
    assert not os.listdir(tmp_path)
