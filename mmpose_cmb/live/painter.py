"""What a person sees of a live run: depth, skeletons, figures."""

from typing import Optional, Sequence, Tuple

import cv2
import numpy as np

from ..drawing.depth_colormap import depth_range
from ..drawing.pose_overlay import draw_poses
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
        kpt_thr (float): Joints with a lower score are not drawn. Defaults
            to 0.3.
    """

    def __init__(
        self,
        links: Sequence[Tuple[int, int]],
        link_colors: Sequence[Tuple[int, int, int]],
        keypoint_colors: Sequence[Tuple[int, int, int]],
        kpt_thr: float = 0.3,
    ) -> None:
        self.links = links
        self.link_colors = link_colors
        self.keypoint_colors = keypoint_colors
        self.kpt_thr = kpt_thr
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
            min_score=self.kpt_thr,
        )
        return np.concatenate([picture, _strip(picture.shape[1], result)])

    def _follow_range(self) -> None:
        # Every fourth pixel tells the range as well.
        coarse = self._depth_m[::4, ::4]
        if not coarse.any():
            return
        new = np.array(depth_range(coarse))
        self._range = (
            new if self._range is None else (self._range + RANGE_SHARE * (new - self._range))
        )


def describe(result: LiveResult) -> Tuple[str, Optional[str]]:
    """A line of figures, and the message if there is one."""
    count = len(result.people)
    people = 'no person' if not count else ('1 person' if count == 1 else f'{count} persons')
    figures = '-' if np.isnan(result.latency.median_ms) else result.latency
    return f'{figures}, {result.dropped} dropped, {people}', result.message


def _strip(width: int, result: LiveResult) -> np.ndarray:
    """Two lines of text below the picture, RGB."""
    strip = np.full((2 * LINE_PX + 8, width, 3), STRIP_COLOR, np.uint8)
    for row, (text, color) in enumerate(zip(describe(result), (TEXT_COLOR, WARNING_COLOR))):
        if text is None:
            continue
        text = text.encode('ascii', 'replace').decode()
        font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.5
        text_width = cv2.getTextSize(text, font, scale, 1)[0][0]
        scale *= min(1.0, (width - 12) / max(text_width, 1))
        cv2.putText(strip, text, (6, (row + 1) * LINE_PX - 4), font, scale, color, 1, cv2.LINE_AA)
    return strip
