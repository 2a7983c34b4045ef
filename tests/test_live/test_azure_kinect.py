"""AzureKinectSource against a stand-in for pyk4a."""

import enum
import sys
import types

import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.live import DeviceLost, NoFrame, open_source
from mmpose_cmb.live.azure_kinect import AzureKinectSource

MATRIX = np.array([[50.0, 0, 32], [0, 52, 24], [0, 0, 1]])


class _K4AException(Exception):
    pass


class _K4ATimeoutException(_K4AException):
    pass


class _Device:
    plugged = True
    distortion = np.zeros(8)

    def __init__(self):
        self.captures, self.configs, self.ids = [], [], []
        self.stopped = 0


def _module(device):

    class PyK4A:
        def __init__(self, config, device_id=0):
            device.configs.append(config)
            device.ids.append(device_id)
            self.is_running = False

        def start(self):
            if not device.plugged:
                raise _K4AException()
            self.is_running = True

        def stop(self):
            if not self.is_running:
                raise _K4AException()
            self.is_running = False
            device.stopped += 1

        @property
        def calibration(self):
            return types.SimpleNamespace(
                get_camera_matrix=lambda camera: MATRIX,
                get_distortion_coefficients=lambda camera: device.distortion,
            )

        def get_capture(self, timeout=-1):
            assert isinstance(timeout, int)
            thing = device.captures.pop(0)
            if isinstance(thing, Exception):
                raise thing
            return types.SimpleNamespace(depth=thing, depth_timestamp_usec=2_500_000)

    return types.SimpleNamespace(
        PyK4A=PyK4A,
        Config=lambda **settings: settings,
        ColorResolution=enum.IntEnum('ColorResolution', 'OFF', start=0),
        DepthMode=enum.IntEnum(
            'DepthMode', 'NFOV_2X2BINNED NFOV_UNBINNED WFOV_2X2BINNED WFOV_UNBINNED'
        ),
        FPS=enum.IntEnum('FPS', 'FPS_5 FPS_15 FPS_30', start=0),
        CalibrationType=enum.IntEnum('CalibrationType', 'DEPTH', start=0),
        K4AException=_K4AException,
        K4ATimeoutException=_K4ATimeoutException,
    )


@pytest.fixture
def device(monkeypatch):
    device = _Device()
    monkeypatch.setitem(sys.modules, 'pyk4a', _module(device))
    return device


def test_millimetres_intrinsics_and_time(device):
    stored = np.full((48, 64), 2500, np.uint16)
    stored[10, 20] = 0
    device.captures = [stored]
    with open_source('azure:1', fps=15) as source:
        frame = source.read()
    (config,) = device.configs
    assert config['camera_fps'].name == 'FPS_15'
    assert config['depth_mode'].name == 'NFOV_UNBINNED'
    # Without colour there is nothing to be synchronised with.
    assert config['color_resolution'].name == 'OFF'
    assert config['synchronized_images_only'] is False
    assert device.ids == [1] and device.stopped == 1
    expected = np.full((48, 64), 2.5, np.float32)
    expected[10, 20] = 0
    np.testing.assert_array_equal(frame.depth_m, expected)
    assert frame.intrinsics == source.intrinsics == Camera(50, 52, 32, 24)
    assert frame.time_s == 2.5


def test_the_lens_is_rectified_without_blending(device):
    """A point that the distorting lens shows is where the pinhole has it."""
    device.distortion = np.array([0.4, -0.1, 0, 0, 0, 0, 0, 0])
    point = np.array([[0.3, -0.25, 1.0]])
    zero = np.zeros(3)
    seen, _ = cv2.projectPoints(point, zero, zero, MATRIX, device.distortion)
    pinhole, _ = cv2.projectPoints(point, zero, zero, MATRIX, None)
    x, y = np.round(seen[0, 0]).astype(int)
    stored = np.full((48, 64), 3000, np.uint16)
    stored[y - 1 : y + 2, x - 1 : x + 2] = 1000
    device.captures = [stored]
    with open_source('azure') as source:
        depth_m = source.read().depth_m
    x, y = np.round(pinhole[0, 0]).astype(int)
    assert depth_m[y, x] == 1
    # Beyond the sensor's edge there is no measurement.
    assert set(np.unique(np.round(depth_m, 5))) <= {0, 1, 3}


def test_silence_loss_and_captures_without_depth(device):
    device.captures = [
        _K4ATimeoutException(),
        None,
        _K4AException(),
        np.full((48, 64), 1000, np.uint16),
    ]
    source = open_source('azure')
    source.open()
    with pytest.raises(NoFrame, match='Azure Kinect 0: no frame within 1 s'):
        source.read()
    with pytest.raises(NoFrame, match='without depth'):
        source.read()
    with pytest.raises(DeviceLost, match='K4AException'):
        source.read()
    source.close()
    device.plugged = False
    with pytest.raises(DeviceLost, match='plugged in, powered and free'):
        source.open()
    device.plugged = True
    source.open()
    assert source.read().depth_m[0, 0] == 1
    source.close()
    assert device.stopped == 2


def test_modes_and_rates():
    assert AzureKinectSource(mode='WFOV_UNBINNED', fps=15).fps == 15
    for mode, fps in (('WFOV_UNBINNED', 30), ('NFOV_UNBINNED', 25), ('NO', 5)):
        with pytest.raises(ValueError, match=f'not {fps} in {mode}'):
            AzureKinectSource(mode=mode, fps=fps)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, 'pyk4a', None)
    with pytest.raises(ImportError, match='pip install pyk4a'):
        open_source('azure').open()
