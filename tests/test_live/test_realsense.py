"""RealSenseSource against a stand-in for what pyrealsense2 documents."""

import sys
import types

import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.live import DeviceLost, NoFrame, open_source


class _DepthFrame:
    def __init__(self, stored, timestamp_ms):
        self.stored, self.timestamp_ms = stored, timestamp_ms

    def get_data(self):
        return memoryview(self.stored)

    def get_timestamp(self):
        return self.timestamp_ms


class _Frames:
    def __init__(self, depth):
        self.depth = depth

    def get_depth_frame(self):
        return self.depth


class _Device:
    """A camera: what it is asked for and what it gives."""

    depth_scale = 0.00025
    plugged = True

    def __init__(self):
        self.waits = []  # (came, frames) or an exception, in turn
        self.asked, self.started, self.stopped = [], 0, 0


def _module(device):

    class Config:
        def enable_device(self, serial):
            device.asked.append(serial)

        def enable_stream(self, *what):
            device.asked.append(what)

    class Pipeline:
        def __init__(self):
            self.running = False

        def start(self, config):
            assert isinstance(config, Config)
            if not device.plugged:
                raise RuntimeError('No device connected')
            self.running = True
            device.started += 1
            sensor = types.SimpleNamespace(get_depth_scale=lambda: device.depth_scale)
            camera = types.SimpleNamespace(fx=380.0, fy=381.0, ppx=320.5, ppy=240.5)
            stream = types.SimpleNamespace(
                as_video_stream_profile=lambda: types.SimpleNamespace(
                    get_intrinsics=lambda: camera
                )
            )
            return types.SimpleNamespace(
                get_device=lambda: types.SimpleNamespace(first_depth_sensor=lambda: sensor),
                get_stream=lambda kind: stream,
            )

        def try_wait_for_frames(self, timeout_ms):
            assert isinstance(timeout_ms, int)
            thing = device.waits.pop(0)
            if isinstance(thing, Exception):
                raise thing
            return thing

        def stop(self):
            if not self.running:
                raise RuntimeError('stop() cannot be called before start()')
            self.running = False
            device.stopped += 1

    return types.SimpleNamespace(
        config=Config,
        pipeline=Pipeline,
        stream=types.SimpleNamespace(depth='depth'),
        format=types.SimpleNamespace(z16='z16'),
    )


@pytest.fixture
def device(monkeypatch):
    device = _Device()
    monkeypatch.setitem(sys.modules, 'pyrealsense2', _module(device))
    return device


def _came(corner, timestamp_ms=0.0):
    """A frame of holes but for its corner."""
    stored = np.zeros((480, 640))
    stored[: len(corner), : len(corner[0])] = corner
    return True, _Frames(_DepthFrame(np.asarray(stored, np.uint16),
                                     timestamp_ms))  # yapf: disable


def test_unit_intrinsics_and_time_are_the_cameras(device):
    device.waits = [_came([[4000, 0], [8000, 400]], 1500.0), _came([[4, 4]])]
    with open_source('realsense:0815', fps=15) as source:
        frame = source.read(0.5)
        assert source.read().index == 1
    assert device.asked == ['0815', ('depth', 640, 480, 'z16', 15)]
    np.testing.assert_allclose(frame.depth_m[:2, :2], [[1, 0], [2, 0.1]])
    assert frame.depth_m.dtype == np.float32
    assert frame.intrinsics == source.intrinsics == Camera(380, 381, 320.5, 240.5)
    assert (frame.index, frame.time_s) == (0, 1.5)
    assert (device.started, device.stopped) == (1, 1)


def test_no_frame_in_time(device):
    device.waits = [(False, None), (True, _Frames(None)), _came([[1, 1]])]
    with open_source('realsense') as source:
        for _ in range(2):
            with pytest.raises(NoFrame, match='RealSense: no frame within'):
                source.read(0.1)
        source.read()


def test_unplugged_and_plugged_in_again(device):
    device.waits = [RuntimeError('Device disconnected'), _came([[1, 1]])]
    source = open_source('realsense')
    source.open()
    with pytest.raises(DeviceLost, match='Device disconnected'):
        source.read()
    source.close()
    device.plugged = False
    with pytest.raises(DeviceLost, match='cannot be started at 640x480, 30 fps .No device'):
        source.open()
    with pytest.raises(DeviceLost, match='not open'):
        source.read()
    device.plugged = True
    source.open()
    source.read()
    source.close()
    source.close()
    assert (device.started, device.stopped) == (2, 2)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, 'pyrealsense2', None)
    with pytest.raises(ImportError, match='pip install pyrealsense2'):
        open_source('realsense').open()
