"""Intel RealSense cameras, through the package pyrealsense2.

Written after the documentation of librealsense's Python wrapper; no camera
was at hand.
"""

from contextlib import suppress
from typing import Optional

import numpy as np

from ..camera import Camera
from ..depth.depth_io import depth_to_metres
from ..depth.frame import DepthFrame
from .source import DepthSource, DeviceLost, NoFrame


def import_pyrealsense2():
    """Import pyrealsense2, or say how to get it.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        import pyrealsense2
    except ImportError as error:
        raise ImportError(
            'RealSense cameras need the package pyrealsense2: pip install pyrealsense2'
        ) from error
    return pyrealsense2


class RealSenseSource(DepthSource):
    """The depth stream of a RealSense camera.

    Depth is taken as the depth sensor sees it, not aligned to colour; unit
    and intrinsics are the camera's own.

    Args:
        serial (str, optional): Number of the camera. Defaults to None: the
            first.
        width (int): Pixels. Defaults to 640.
        height (int): Pixels. Defaults to 480.
        fps (int): Frames per second. Defaults to 30.
    """

    def __init__(
        self, serial: Optional[str] = None, width: int = 640, height: int = 480, fps: int = 30
    ) -> None:
        self.serial = serial
        self.width, self.height = width, height
        self.fps = fps
        self.name = 'RealSense' + (f' {serial}' if serial else '')
        self._pipeline = None
        self._unit_m = None
        self._index = 0

    def open(self) -> None:
        rs = import_pyrealsense2()
        config = rs.config()
        if self.serial:
            config.enable_device(self.serial)
        config.enable_stream(
            rs.stream.depth, self.width, self.height, rs.format.z16, int(self.fps)
        )
        self._pipeline = rs.pipeline()
        try:
            profile = self._pipeline.start(config)
            sensor = profile.get_device().first_depth_sensor()
            self._unit_m = sensor.get_depth_scale()
            stream = profile.get_stream(rs.stream.depth).as_video_stream_profile()
            camera = stream.get_intrinsics()
        except RuntimeError as error:
            self.close()
            raise DeviceLost(
                f'{self.name}: cannot be started at {self.width}x'
                f'{self.height}, {self.fps:g} fps ({error})'
            ) from error
        self.intrinsics = Camera(camera.fx, camera.fy, camera.ppx, camera.ppy)

    def close(self) -> None:
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            # it has not started, or was unplugged
            with suppress(RuntimeError):
                pipeline.stop()

    def read(self, timeout_s: float = 1.0) -> DepthFrame:
        if self._pipeline is None:
            raise DeviceLost(f'{self.name}: not open')
        try:
            came, frames = self._pipeline.try_wait_for_frames(int(timeout_s * 1000))
            depth = frames.get_depth_frame() if came else None
            if not depth:
                raise NoFrame(f'{self.name}: no frame within {timeout_s:g} s')
            stored = np.asanyarray(depth.get_data())
            time_s = depth.get_timestamp() / 1000
        except RuntimeError as error:
            raise DeviceLost(f'{self.name}: {error}') from error
        depth_m = depth_to_metres(stored, self._unit_m, source=self.name)
        frame = DepthFrame(
            depth_m, self.intrinsics, f'{self.name} frame {self._index}', self._index, time_s
        )
        self._index += 1
        return frame
