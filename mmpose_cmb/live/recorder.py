"""Writing frames as a folder that plays back as they came."""

import os
import os.path as osp
from typing import List, Optional

from ..depth.depth_io import write_depth_png_mm
from ..depth.frame import DepthFrame
from ..io import write_json
from ..io.whole_file import make_folder

UNIT_M = 0.001


class Recorder:
    """Writes 16-bit PNGs in millimetres and ``camera.json``.

    The folder is written as ``FOLDER.part`` and renamed when the recorder is
    closed. ``FOLDER.part`` of a recording that broke off plays back, too, at
    ``fps``.

    Args:
        folder (str): Where to; must not hold anything yet.
        fps (float, optional): Frames per second of the source. The times of
            the single frames are written, too.

    Raises:
        ValueError: If the folder, or what broke off under its name, is there
            already.
    """

    def __init__(self, folder: str, fps: Optional[float] = None) -> None:
        self.folder = osp.normpath(folder)
        self.fps = fps
        self.times_s: List[float] = []
        self._aside = f'{self.folder}.part'
        self._intrinsics = None
        self._size = None
        for path in (self.folder, self._aside):
            if osp.exists(path) and not (osp.isdir(path) and not os.listdir(path)):
                raise ValueError(
                    f'{path} is there already; recordings overwrite nothing, choose another folder'
                )
        make_folder(self._aside)

    def __enter__(self) -> 'Recorder':
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def write(self, frame: DepthFrame, time_s: float) -> None:
        """Write the next frame.

        Args:
            frame (DepthFrame): Depths are rounded to millimetres.
            time_s (float): When it came, seconds of any clock.

        Raises:
            ValueError: If a depth is beyond 65.535 m, or the size or the
                intrinsics are not those of the first frame.
            OSError: If the file cannot be written.
        """
        first = not self.times_s
        if not first and (
            frame.depth_m.shape != self._size or frame.intrinsics != self._intrinsics
        ):
            raise ValueError(
                f'{frame.name}: {frame.depth_m.shape} pixels and intrinsics '
                f'{frame.intrinsics}, but the recording began with '
                f'{self._size} and {self._intrinsics}'
            )
        write_depth_png_mm(osp.join(self._aside, f'{len(self.times_s):06d}.png'), frame.depth_m)
        if first:
            self._size, self._intrinsics = frame.depth_m.shape, (frame.intrinsics)
            self._write_camera()
        self.times_s.append(time_s)

    def close(self) -> None:
        """Write the times and give the folder its name.

        A folder without a frame goes away.
        """
        if not osp.isdir(self._aside):
            return
        if not self.times_s:
            os.rmdir(self._aside)
            return
        self._write_camera()
        if osp.isdir(self.folder):  # empty, or the constructor had refused
            os.rmdir(self.folder)
        os.replace(self._aside, self.folder)

    def _write_camera(self) -> None:
        camera = dict(depth_unit_m=UNIT_M)
        if self._intrinsics is not None:
            camera['intrinsics'] = list(self._intrinsics[:4])
        if self.fps:
            camera['fps'] = self.fps
        if self.times_s:
            begin = self.times_s[0]
            camera['times_s'] = [round(t - begin, 6) for t in self.times_s]
        write_json(osp.join(self._aside, 'camera.json'), camera, indent=1)
