"""Microsoft's Azure Kinect, through the package pyk4a.

Written after pyk4a's source; no camera was at hand.
"""

from contextlib import suppress

import cv2
import numpy as np

from ..camera import check_intrinsics
from ..depth.depth_io import depth_to_metres
from ..depth.frame import DepthFrame
from .source import DepthSource, DeviceLost, NoFrame

MILLIMETRE_M = 0.001
# Names of pyk4a.DepthMode, and the most frames per second.
MODES = dict(NFOV_2X2BINNED=30, NFOV_UNBINNED=30, WFOV_2X2BINNED=30, WFOV_UNBINNED=15)


def import_pyk4a():
    """Import pyk4a, or say how to get it.

    Raises:
        ImportError: If it, or the library below it, is not installed.
    """
    try:
        import pyk4a
    except ImportError as error:
        raise ImportError(
            "the Azure Kinect needs the package pyk4a and Microsoft's Azure "
            'Kinect Sensor SDK: install the SDK, then pip install pyk4a '
            f'({error})'
        ) from error
    return pyk4a


class AzureKinectSource(DepthSource):
    """The depth stream of an Azure Kinect.

    The lens distorts; frames are rectified (nearest pixel, so that no depth
    is blended) to the pinhole camera of ``intrinsics``.

    Args:
        device (int): Number of the camera. Defaults to 0.
        mode (str): A key of ``MODES``. Defaults to 'NFOV_UNBINNED' (640x576
            pixels).
        fps (int): 5, 15 or 30. Defaults to 30.

    Raises:
        ValueError: If there is no such mode, or not at these fps.
    """

    def __init__(self, device: int = 0, mode: str = 'NFOV_UNBINNED', fps: int = 30) -> None:
        if fps not in (5, 15, 30) or fps > MODES.get(mode, 0):
            most = ', '.join(f'{name} up to {n}' for name, n in MODES.items())
            raise ValueError(
                'the Azure Kinect gives 5, 15 or 30 frames per '
                f'second ({most}), not {fps} in {mode}'
            )
        self.device = device
        self.mode = mode
        self.fps = fps
        self.name = f'Azure Kinect {device}'
        self._camera = self._pyk4a = None
        self._maps = None
        self._index = 0

    def open(self) -> None:
        pyk4a = self._pyk4a = import_pyk4a()
        config = pyk4a.Config(
            color_resolution=pyk4a.ColorResolution.OFF,
            depth_mode=getattr(pyk4a.DepthMode, self.mode),
            camera_fps=getattr(pyk4a.FPS, f'FPS_{self.fps}'),
            synchronized_images_only=False,
        )
        camera = self._camera = pyk4a.PyK4A(config, device_id=self.device)
        try:
            camera.start()
            kind = pyk4a.CalibrationType.DEPTH
            self._matrix = camera.calibration.get_camera_matrix(kind)
            self._distortion = camera.calibration.get_distortion_coefficients(kind)
        except pyk4a.K4AException as error:
            self.close()
            raise DeviceLost(
                f'{self.name}: cannot be started; is it plugged in, powered '
                f'and free? ({_said(error)})'
            ) from error
        self._maps = None
        matrix = self._matrix
        self.intrinsics = check_intrinsics(
            (matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2])
        )

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            # it has not started, or was unplugged
            with suppress(self._pyk4a.K4AException):
                camera.stop()

    def read(self, timeout_s: float = 1.0) -> DepthFrame:
        if self._camera is None:
            raise DeviceLost(f'{self.name}: not open')
        try:
            capture = self._camera.get_capture(timeout=int(timeout_s * 1000))
            stored = capture.depth
            time_s = capture.depth_timestamp_usec / 1e6
        except self._pyk4a.K4ATimeoutException as error:
            raise NoFrame(f'{self.name}: no frame within {timeout_s:g} s') from error
        except self._pyk4a.K4AException as error:
            raise DeviceLost(f'{self.name}: {_said(error)}') from error
        if stored is None:
            raise NoFrame(f'{self.name}: a capture without depth')
        depth_m = depth_to_metres(self._rectify(stored), MILLIMETRE_M, source=self.name)
        frame = DepthFrame(
            depth_m, self.intrinsics, f'{self.name} frame {self._index}', self._index, time_s
        )
        self._index += 1
        return frame

    def _rectify(self, stored: np.ndarray) -> np.ndarray:
        if self._maps is None:
            self._maps = cv2.initUndistortRectifyMap(
                self._matrix,
                self._distortion,
                None,
                self._matrix,
                stored.shape[::-1],
                cv2.CV_32FC1,
            )
        return cv2.remap(stored, *self._maps, cv2.INTER_NEAREST)


def _said(error: Exception) -> str:
    """pyk4a raises most errors without a text."""
    return str(error) or type(error).__name__
