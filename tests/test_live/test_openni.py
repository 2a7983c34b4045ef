"""OpenNISource against a stand-in for OpenCV's VideoCapture."""

import cv2
import numpy as np
import pytest

from mmpose_cmb.live import DeviceLost, open_source
from mmpose_cmb.live.openni import DRIVER_MIRRORS

PROPERTIES = {
    cv2.CAP_PROP_FRAME_WIDTH: 320.0,
    cv2.CAP_PROP_FRAME_HEIGHT: 240.0,
    cv2.CAP_PROP_FPS: 30.0,
    cv2.CAP_PROP_OPENNI_FOCAL_LENGTH: 575.0,
}


class _Capture:
    opened, grabs, depth = True, True, np.full((240, 320), 1500, np.uint16)
    properties = PROPERTIES
    made = []

    def __init__(self, index):
        self.index, self.set_to, self.released = index, {}, False
        self.made.append(self)

    def isOpened(self):
        return self.opened

    def set(self, key, value):
        self.set_to[key] = value
        return True

    def get(self, key):
        return self.set_to.get(key, self.properties.get(key))

    def grab(self):
        return self.grabs

    def retrieve(self, flag=0):
        assert flag == cv2.CAP_OPENNI_DEPTH_MAP
        return self.depth is not None, self.depth

    def release(self):
        self.released = True


@pytest.fixture
def capture(monkeypatch):
    """A class of its own, whose attributes a test may change."""
    made = type('Capture', (_Capture,), dict(made=[]))
    monkeypatch.setattr(cv2, 'VideoCapture', made)
    return made


@pytest.mark.parametrize(
    'name, index',
    (
        ('openni', cv2.CAP_OPENNI2),
        ('xtion:1', cv2.CAP_OPENNI2_ASUS + 1),
        ('astra', cv2.CAP_OPENNI2_ASTRA),
    ),
)
def test_millimetres_and_the_drivers_focal_length(capture, name, index):
    with open_source(name) as source:
        frame = source.read()
    assert capture.made[0].index == index
    assert capture.made[0].set_to == {
        cv2.CAP_PROP_OPENNI_REGISTRATION: 0,
        cv2.CAP_PROP_OPENNI2_MIRROR: 0,
    }
    np.testing.assert_allclose(frame.depth_m, 1.5)
    # OpenCV tells the focal length for images of 640 pixels.
    assert source.intrinsics[:4] == (287.5, 287.5, 159.5, 119.5)
    assert source.fps == 30
    assert capture.made[0].released


def test_intrinsics_that_nobody_knows_and_given_ones(capture):
    capture.properties = {**PROPERTIES, cv2.CAP_PROP_OPENNI_FOCAL_LENGTH: -1.0}
    with open_source('openni') as source:
        assert source.read().intrinsics is None
    with open_source('openni', intrinsics=[280, 281, 160, 120]) as source:
        assert source.read().intrinsics[:4] == (280, 281, 160, 120)


@pytest.mark.parametrize('obeys', [True, False])
def test_frames_are_as_the_camera_sees_them(capture, obeys):
    """Whether or not the driver can be told not to mirror."""
    seen = np.full((240, 320), 3000, np.uint16)
    seen[:, :40] = 1000
    mirror = cv2.CAP_PROP_OPENNI2_MIRROR
    if not obeys:
        capture.get = lambda self, key: 1.0 if key == mirror else PROPERTIES[key]
    capture.depth = seen if obeys else seen[:, ::-1]
    with open_source('openni') as source:
        np.testing.assert_allclose(source.read().depth_m, seen / 1000, rtol=1e-6)
        assert list(source.notes) == ([] if obeys else [DRIVER_MIRRORS])


def test_unplugged_and_back(capture, monkeypatch):
    source = open_source('astra')
    source.open()
    capture.grabs = False
    with pytest.raises(DeviceLost, match='astra 0: no frame within 2 s'):
        source.read()
    source.close()
    monkeypatch.setattr(cv2.videoio_registry, 'getBackends', lambda: [1600])
    monkeypatch.setattr(cv2.videoio_registry, 'getBackendName', lambda backend: 'OPENNI2')
    capture.opened = False
    with pytest.raises(DeviceLost, match='no such camera'):
        source.open()
    capture.opened = capture.grabs = True
    source.open()
    source.read()
    capture.depth = None
    with pytest.raises(ValueError, match='a frame without depth'):
        source.read()


def test_opencv_without_openni(capture, monkeypatch):
    capture.opened = False
    monkeypatch.setattr(cv2.videoio_registry, 'getBackends', lambda: [1900])
    monkeypatch.setattr(cv2.videoio_registry, 'getBackendName', lambda backend: 'FFMPEG')
    with pytest.raises(ImportError, match='WITH_OPENNI2=ON'):
        open_source('openni').open()
