"""What a person sees of a live run: picture, figures, window, video."""
import os
import sys
from contextlib import ExitStack
from typing import Optional, Tuple

import cv2
import numpy as np

from ..drawing.depth_colormap import depth_range
from ..drawing.pose_overlay import draw_poses
from ..io import whole_file
from .loop import LiveResult

TEXT_COLOR, WARNING_COLOR = (235, 235, 240), (255, 170, 60)
STRIP_COLOR = (18, 18, 22)
LINE_PX = 22
# Share of a new frame's depth range in that of the colours, so that they do
# not flicker.
RANGE_SHARE = 0.1


class Painter:
    """Draws results: depth, skeletons, boxes, figures and messages.

    Args:
        links (Sequence[tuple]): Pairs of joint ids.
        link_colors (Sequence[tuple]): RGB of each link, 0..255.
        keypoint_colors (Sequence[tuple]): RGB of each joint.
        min_score (float): Joints with a lower score are not drawn. Defaults
            to 0.3.
    """

    def __init__(self,
                 links,
                 link_colors,
                 keypoint_colors,
                 min_score: float = 0.3) -> None:
        self.links = links
        self.link_colors = link_colors
        self.keypoint_colors = keypoint_colors
        self.min_score = min_score
        self._range: Optional[np.ndarray] = None
        self._depth_m = np.zeros((240, 320), np.float32)

    def __call__(self, result: LiveResult) -> np.ndarray:
        """Draw a result; without a frame, over the last frame that came.

        Returns:
            np.ndarray: uint8 [H, W, 3], RGB.
        """
        if result.frame is not None:
            self._depth_m = result.frame.depth_m
            self._follow_range()
        near_m, far_m = (None, None) if self._range is None else self._range
        picture = draw_poses(
            self._depth_m,
            result.people,
            self.links,
            self.link_colors,
            self.keypoint_colors,
            near_m=near_m,
            far_m=far_m,
            min_score=self.min_score)
        return np.concatenate([picture, _strip(picture.shape[1], result)])

    def _follow_range(self) -> None:
        # Every fourth pixel tells the range as well.
        coarse = self._depth_m[::4, ::4]
        if not coarse.any():
            return
        new = np.array(depth_range(coarse))
        self._range = new if self._range is None else (self._range +
                                                       RANGE_SHARE *
                                                       (new - self._range))


def describe(result: LiveResult) -> Tuple[str, Optional[str]]:
    """A line of figures, and the message if there is one."""
    count = len(result.people)
    people = 'no person' if not count else (
        '1 person' if count == 1 else f'{count} persons')
    figures = '-' if np.isnan(result.latency.median_ms) else result.latency
    return f'{figures}, {result.dropped} dropped, {people}', result.message


def _strip(width: int, result: LiveResult) -> np.ndarray:
    """Two lines of text below the picture, RGB."""
    strip = np.full((2 * LINE_PX + 8, width, 3), STRIP_COLOR, np.uint8)
    for row, (text, color) in enumerate(
            zip(describe(result), (TEXT_COLOR, WARNING_COLOR))):
        if text is None:
            continue
        text = text.encode('ascii', 'replace').decode()
        font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.5
        text_width = cv2.getTextSize(text, font, scale, 1)[0][0]
        scale *= min(1., (width - 12) / max(text_width, 1))
        cv2.putText(strip, text, (6, (row + 1) * LINE_PX - 4), font, scale,
                    color, 1, cv2.LINE_AA)
    return strip


def why_no_window() -> Optional[str]:
    """Why no window can be opened here; None where one can be tried.

    Qt ends the whole program where it finds no display, so that this cannot
    be left to an exception.
    """
    gui = [
        line.split(':', 1)[1].strip()
        for line in cv2.getBuildInformation().splitlines()
        if line.strip().startswith('GUI:')
    ]
    if gui and gui[0] in ('NONE', ''):
        return ('this OpenCV has no windows (opencv-python-headless); '
                'opencv-python has')
    if sys.platform.startswith('linux') and not (
            os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY')):
        return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY)'
    return None


class Window:
    """A window that shows pictures; ``q``, Escape or its cross end it.

    Args:
        title (str): Its title.

    Raises:
        RuntimeError: If there can be no window; says why.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        why = why_no_window()
        if why is None:
            try:
                cv2.namedWindow(title, cv2.WINDOW_NORMAL)
            except cv2.error as error:
                why = f'OpenCV opens none ({error})'
        if why is not None:
            raise RuntimeError(f'no window: {why}')
        self._shown = False

    def show(self, picture: np.ndarray) -> bool:
        """Show an RGB picture; returns whether to go on."""
        cv2.imshow(self.title, picture[..., ::-1])
        if not self._shown:
            cv2.resizeWindow(self.title, picture.shape[1], picture.shape[0])
            self._shown = True
        if cv2.waitKey(1) & 0xFF in (ord('q'), 27):
            return False
        return cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Close the window."""
        cv2.destroyWindow(self.title)


class VideoFile:
    """An MP4 file that plays as fast as the pictures came.

    A picture is repeated until the next one's time. The file appears when it
    is closed.

    Args:
        path (str): Ends with ``.mp4``.
        fps (float): Of the file. Defaults to 30.

    Raises:
        ValueError: If the name ends otherwise.
    """

    def __init__(self, path: str, fps: float = 30.) -> None:
        if not path.endswith('.mp4'):
            raise ValueError(f'{path}: videos are written as .mp4')
        self.path = path
        self.fps = fps
        self._file = ExitStack()
        self._writer = None
        self._begin_s = 0.
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
            aside = self._file.enter_context(whole_file(self.path))
            self._writer = cv2.VideoWriter(aside,
                                           cv2.VideoWriter_fourcc(*'mp4v'),
                                           self.fps, self._size)
            if not self._writer.isOpened():
                raise OSError(f'{self.path}: OpenCV cannot write this video')
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

    def _add(self, picture: np.ndarray) -> None:
        self._writer.write(np.ascontiguousarray(picture[..., ::-1]))
        self._written += 1
