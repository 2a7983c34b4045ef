"""Pictures of results, drawn and encoded beside the loop."""

import os.path as osp
import time
from glob import escape, glob
from typing import Callable, Optional, Tuple

import numpy as np

from ..drawing import write_image
from ..io.kept_files import check_folder, check_output
from .background import Background
from .frame_slot import FrameSlot
from .loop import LiveResult
from .painter import Painter
from .video_file import VideoFile

# Pictures that may wait; a newer one is dropped, so that none is much late.
WAITING = 3
# For those that wait at the end; the video cannot be finished before.
LAST_S = 60.0


class Pictures:
    """Draws results in a thread of its own; skeletons do not wait for it.

    Args:
        painter (Painter): Draws a result.
        video (VideoFile, optional): Gets every picture; closed at the end.
        out_dir (str, optional): Gets every picture of a frame as a PNG.
        clock (Callable): Seconds that only rise, for the video. Defaults to
            ``time.monotonic``.

    Attributes:
        newest (FrameSlot): The last picture, uint8 [H, W, 3], RGB.

    Raises:
        FileExistsError: If the folder has pictures that are to be kept.
    """

    def __init__(
        self,
        painter: Painter,
        video: Optional[VideoFile] = None,
        out_dir: Optional[str] = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if out_dir is not None:
            check_folder(out_dir)
            # How many there will be nobody knows.
            for path in glob(osp.join(escape(out_dir), '[0-9]' * 6 + '.png')):
                check_output(path)
        self.newest: FrameSlot[np.ndarray] = FrameSlot()
        self._painter = painter
        self._video = video
        self._out_dir = out_dir
        self._clock = clock
        self._background = Background(self._draw, WAITING, 'drawing')

    @property
    def dropped(self) -> int:
        """Results without a picture."""
        return self._background.dropped

    @property
    def trouble(self) -> Optional[str]:
        """Why there are no pictures any more, one sentence."""
        return self._background.trouble

    def put(self, result: LiveResult) -> None:
        """Have a result drawn, unless too many wait."""
        self._background.put((result, self._clock()))

    def close(self) -> None:
        """Draw what waits, and finish the video."""
        self._background.close(LAST_S)
        if self._video is not None:
            self._video.close()

    def _draw(self, job: Tuple[LiveResult, float]) -> None:
        result, time_s = job
        picture = self._painter(result)
        self.newest.put(picture)
        if self._video is not None:
            self._video.write(picture, time_s)
        if self._out_dir is not None and result.frame is not None:
            write_image(osp.join(self._out_dir, f'{result.number:06d}.png'), picture)
