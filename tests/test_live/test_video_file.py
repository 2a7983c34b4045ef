import os

import cv2
import numpy as np
import pytest

from mmpose_cmb.live.video_file import VideoFile


def test_video_plays_as_fast_as_it_came(tmp_path):
    """Grey for 0.5 s, white for 0.3 s, at 10 frames per second."""
    path = str(tmp_path / 'new' / 'out.mp4')
    video = VideoFile(path, fps=10.0)
    for level, time_s in ((90, 50.0), (250, 50.5), (250, 50.8)):
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


def test_a_video_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    class Writer:
        def __init__(self, *_):
            pass

        def isOpened(self):
            return False

    monkeypatch.setattr(cv2, 'VideoWriter', Writer)
    video = VideoFile(str(tmp_path / 'out.mp4'))
    with pytest.raises(OSError, match='out.mp4: OpenCV cannot write'):
        video.write(np.zeros((64, 96, 3), np.uint8), 0.0)
    video.close()
    assert not os.listdir(tmp_path)
