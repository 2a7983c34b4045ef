"""OpenNI cameras (Xtion, Astra, the first Kinect), through OpenCV.

Written after OpenCV's source (``cap_openni2.cpp``); no camera was at hand.
"""

from typing import Optional, Sequence

import cv2
import numpy as np

from ..camera import Camera, check_intrinsics
from ..depth.depth_io import depth_to_metres
from ..depth.frame import DepthFrame
from .source import DepthSource, DeviceLost

MILLIMETRE_M = 0.001
# OpenCV opens further streams on the plain kind, which these cameras lack.
KINDS = {'openni': cv2.CAP_OPENNI2, 'xtion': cv2.CAP_OPENNI2_ASUS, 'astra': cv2.CAP_OPENNI2_ASTRA}
FOCAL_LENGTH_WIDTH = 640
DRIVER_MIRRORS = 'the driver mirrors and cannot be told otherwise; its frames are turned back'


class OpenNISource(DepthSource):
    """The depth stream of an OpenNI 2 camera.

    Frames come as the camera sees them, not mirrored as OpenNI's default is.
    OpenCV waits up to two seconds for a frame and cannot be told otherwise.

    Args:
        kind (str): 'openni', 'xtion' or 'astra'. Defaults to 'openni'.
        device (int): Number of the camera, 0 to 9. Defaults to 0.
        intrinsics (Sequence[float], optional): fx, fy, cx, cy. Defaults to
            None: the driver's focal length and the image's middle; drivers
            that tell no focal length leave them unknown.
    """

    def __init__(
        self, kind: str = 'openni', device: int = 0, intrinsics: Optional[Sequence[float]] = None
    ) -> None:
        if kind not in KINDS:
            raise ValueError(
                f'unknown kind "{kind}" of OpenNI camera; known are {", ".join(KINDS)}'
            )
        self.kind = kind
        self.device = device
        self.name = f'{kind} {device}'
        self._given = None if intrinsics is None else check_intrinsics(intrinsics)
        self._capture = None
        self._is_mirrored = False
        self._index = 0

    def open(self) -> None:
        capture = cv2.VideoCapture(KINDS[self.kind] + self.device)
        if not capture.isOpened():
            backends = [
                cv2.videoio_registry.getBackendName(backend)
                for backend in cv2.videoio_registry.getBackends()
            ]
            if 'OPENNI2' not in backends:
                raise ImportError(
                    'this OpenCV was built without OpenNI, as the wheels of '
                    'opencv-python are: build OpenCV with WITH_OPENNI2=ON'
                )
            raise DeviceLost(f'{self.name}: no such camera, or another program has it')
        # Depth from the depth sensor's own view, as it came.
        capture.set(cv2.CAP_PROP_OPENNI_REGISTRATION, 0)
        # OpenNI mirrors by default; OpenCV's constructor switches that off before
        # it counts as open, which does nothing. A driver may refuse.
        capture.set(cv2.CAP_PROP_OPENNI2_MIRROR, 0)
        self._is_mirrored = capture.get(cv2.CAP_PROP_OPENNI2_MIRROR) > 0
        self.notes = [DRIVER_MIRRORS] if self._is_mirrored else []
        self._capture = capture
        self.fps = capture.get(cv2.CAP_PROP_FPS) or None
        self.intrinsics = self._given or self._told_intrinsics()

    def _told_intrinsics(self):
        width = self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)
        height = self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        focal = self._capture.get(cv2.CAP_PROP_OPENNI_FOCAL_LENGTH)
        if focal <= 0 or width <= 0:
            return None
        focal *= width / FOCAL_LENGTH_WIDTH
        return Camera(focal, focal, (width - 1) / 2, (height - 1) / 2)

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()

    def read(self, timeout_s: float = 1.0) -> DepthFrame:
        if self._capture is None:
            raise DeviceLost(f'{self.name}: not open')
        if not self._capture.grab():
            # OpenCV does not tell a long silence from a lost camera.
            raise DeviceLost(f'{self.name}: no frame within 2 s')
        came, stored = self._capture.retrieve(flag=cv2.CAP_OPENNI_DEPTH_MAP)
        if not came or stored is None:
            raise ValueError(f'{self.name}: a frame without depth')
        stored = np.asarray(stored)
        if self._is_mirrored:
            stored = stored[:, ::-1]
        depth_m = depth_to_metres(stored, MILLIMETRE_M, source=self.name)
        frame = DepthFrame(
            depth_m, self.intrinsics, f'{self.name} frame {self._index}', self._index
        )
        self._index += 1
        return frame
