"""Video of pictures that come when they come."""

from contextlib import ExitStack
from typing import Optional

import cv2
import numpy as np

from ..io import whole_file
from ..io.kept_files import check_output


class VideoFile:
    """An MP4 file that plays as fast as the pictures came.

    A picture is repeated until the next one's time. The file appears when it
    is closed.

    Args:
        path (str): Ends with ``.mp4``.
        fps (float): Of the file. Defaults to 30.

    Raises:
        FileExistsError: If the file is to be kept.
        ValueError: If the name ends otherwise.
    """

    def __init__(self, path: str, fps: float = 30.0) -> None:
        if not path.endswith('.mp4'):
            raise ValueError(f'{path}: videos are written as .mp4')
        check_output(path)
        self.path = path
        self.fps = fps
        self._file = ExitStack()
        self._writer = None
        self._begin_s = 0.0
        self._last: Optional[np.ndarray] = None
        self._written = 0

    def write(self, picture: np.ndarray, time_s: float) -> None:
        """Add an RGB picture.

        Args:
            picture (np.ndarray): uint8 [H, W, 3], all of one size.
            time_s (float): When it was there.

        Raises:
            OSError: If OpenCV cannot write the file.
        """
        if self._writer is None:
            self._size = picture.shape[1::-1]
            self._begin_s = time_s
            self._writer = self._open()
        if picture.shape[1::-1] != self._size:
            picture = cv2.resize(picture, self._size)
        due = round((time_s - self._begin_s) * self.fps)
        while self._last is not None and self._written < due:
            self._add(self._last)
        self._last = picture

    def close(self) -> None:
        """Write the last picture and give the file its name."""
        if self._writer is None:
            return
        self._add(self._last)
        self._writer.release()
        self._writer = None
        self._file.close()

    def _open(self) -> cv2.VideoWriter:
        # After an error nothing may get the file's name.
        with ExitStack() as file:
            aside = file.enter_context(whole_file(self.path))
            writer = cv2.VideoWriter(aside, cv2.VideoWriter_fourcc(*'mp4v'), self.fps, self._size)
            if not writer.isOpened():
                raise OSError(f'{self.path}: OpenCV cannot write this video')
            self._file = file.pop_all()
        return writer

    def _add(self, picture: np.ndarray) -> None:
        self._writer.write(np.ascontiguousarray(picture[..., ::-1]))
        self._written += 1
