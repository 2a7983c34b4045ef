"""Skeletons in space, seen from two angles."""

from typing import List, NamedTuple, Optional, Sequence, Tuple

import cv2
import numpy as np

from .contact_sheet import BACKGROUND
from .skeleton import draw_skeleton

GT_COLOR = (255, 255, 255)
JOINT_COLOR = (220, 220, 220)
CLOUD_COLOR = (158, 168, 189)
# Of the cloud's colour, at its far end: the nearer, the brighter.
FAR_BRIGHTNESS = 0.45
CLOUD_DOT_PX = 2
TEXT_COLOR = (209, 209, 217)
PANE_COLOR = (28, 28, 33)
GRID_COLOR = (69, 69, 79)
TICK_STEPS_M = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
WIDEST_TICK = '-00.00'
AXES = ('x [m]', 'depth [m]', 'up [m]')
# Least extent that is shown, metres: a hand, not a single joint.
MIN_SIDE_M = 0.1


class Angle(NamedTuple):
    """Where from a view is seen, and its axis to the right.

    Attributes:
        elevation, azimuth: Degrees; 0, -90 looks along the camera's axis.
        across: The horizontal axis that runs to the right, 0 or 1; the other
            one runs into the picture, where its ticks would lie on top of
            each other.
    """

    elevation: float
    azimuth: float
    across: int


# From beside the camera, and from the person's flank, where errors in depth
# show.
ANGLES = (Angle(12.0, -75.0, 0), Angle(12.0, -8.0, 1))


def draw_pose_3d(
    keypoints_cam: np.ndarray,
    links: Sequence[Tuple[int, int]],
    link_colors: Sequence[Tuple[int, int, int]],
    *,
    gt: Optional[np.ndarray] = None,
    cloud_m: Optional[np.ndarray] = None,
    view_hw: Tuple[int, int] = (400, 400),
) -> np.ndarray:
    """Draw skeletons in the camera frame, upright, from two angles.

    Left the view from beside the camera, x to the right; right the view from
    the flank, in which depth runs to the right. All three axes have one
    scale. The prediction is coloured, the ground truth thin and white, the
    depth image's points are grey. Without a joint to show both views say so.

    Args:
        keypoints_cam (np.ndarray): Metres, x right, y down, z forward, shape
            [K, 3], or [n, K, 3] for n persons. Joints that are not finite
            are left out with their links.
        links (Sequence[tuple]): Pairs of joint ids: ``skeleton_links``.
        link_colors (Sequence[tuple]): RGB of each link, 0..255.
        gt (np.ndarray, optional): True joints likewise. Defaults to None.
        cloud_m (np.ndarray, optional): Points of the depth image in the
            camera frame, metres, [P, 3]; those round the skeletons are
            shown. Defaults to None.
        view_hw (tuple[int, int]): Height and width of each of the two views
            in pixels. Defaults to (400, 400).

    Returns:
        np.ndarray: uint8 [H, 2 * W, 3], RGB.

    Raises:
        ValueError: If shapes do not fit, or there is not one colour per link.
    """
    if len(link_colors) != len(links):
        raise ValueError(f'{len(links)} links need as many colours, got {len(link_colors)}')
    persons = _upright(keypoints_cam, 'keypoints_cam')
    truths = persons[:0] if gt is None else _upright(gt, 'gt')
    shown = np.concatenate([persons.reshape(-1, 3), truths.reshape(-1, 3)])
    shown = shown[np.isfinite(shown).all(axis=-1)]
    if not len(shown):
        return np.hstack([_nobody(view_hw)] * 2)
    low, high = _box(shown)
    cloud = np.empty((0, 3))
    if cloud_m is not None:
        cloud = _upright(cloud_m, 'cloud_m')[0]
        # Comparisons with NaN are false: such points go.
        cloud = cloud[((cloud >= low) & (cloud <= high)).all(axis=-1)]

    views = [_View(angle, low, high, view_hw) for angle in ANGLES]
    scale = min(view.largest_scale for view in views)
    images = []
    for view in views:
        view.place(scale)
        image = view.empty_box()
        _draw_cloud(image, *view.project(cloud))
        for joints in sorted(persons, key=view.nearness):
            image = draw_skeleton(
                image,
                view.project(joints)[0],
                links,
                link_colors,
                [JOINT_COLOR] * len(joints),
                thickness=2,
                radius=2,
            )
        for joints in truths:
            image = draw_skeleton(
                image,
                view.project(joints)[0],
                links,
                [GT_COLOR] * len(links),
                thickness=1,
                outline=0,
            )
        images.append(image)
    return np.hstack(images)


def _upright(joints_cam: np.ndarray, name: str) -> np.ndarray:
    """Camera frame to x, depth, up; [n, K, 3]."""
    joints_cam = np.asarray(joints_cam, dtype=np.float64)
    if joints_cam.ndim == 2:
        joints_cam = joints_cam[None]
    if joints_cam.ndim != 3 or joints_cam.shape[-1] != 3:
        raise ValueError(f'{name} must have the shape [K, 3] or [n, K, 3], got {joints_cam.shape}')
    x, y, z = np.moveaxis(joints_cam, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def _box(points: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Corners of a box that holds all points and some room.

    No side is shorter than half the longest: a flat box shows nothing.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    longest = max((high - low).max(), MIN_SIDE_M)
    half = np.maximum(high - low + 0.15 * longest, longest / 2) / 2
    return (low + high) / 2 - half, (low + high) / 2 + half


class _View:
    """A box of space in one picture; parallel rays keep lengths comparable.

    Args:
        angle (Angle): Where from.
        low, high (np.ndarray): Corners of the box: x, depth, up, metres.
        image_hw (tuple[int, int]): Of the picture, pixels.
    """

    def __init__(
        self, angle: Angle, low: np.ndarray, high: np.ndarray, image_hw: Tuple[int, int]
    ) -> None:
        elevation, azimuth = np.radians(angle[:2])
        sin_e, cos_e = np.sin(elevation), np.cos(elevation)
        sin_a, cos_a = np.sin(azimuth), np.cos(azimuth)
        # Rows: to the picture's right, downwards, and towards the eye.
        self.turn = np.array(
            [
                [-sin_a, cos_a, 0],
                [sin_e * cos_a, sin_e * sin_a, -cos_e],
                [cos_e * cos_a, cos_e * sin_a, sin_e],
            ]
        )
        self.across = angle.across
        self.low, self.high = low, high
        self.image_hw = image_hw
        # The walls, and the floor, that face the eye.
        self.back = np.where(self.turn[2] > 0, low, high)
        self.front = low + high - self.back

        self.font = float(np.clip(min(image_hw) / 1000.0, 0.22, 0.38))
        self.text_w, self.text_h = self._size(WIDEST_TICK)
        corners = np.array(np.meshgrid(*zip(low, high))).reshape(3, -1)
        self._turned = self.turn[:2] @ corners
        # Labels are below and to the right, and may reach out to the left.
        before = np.array([self.text_w, 3 * self.text_h])
        after = np.array([self.text_w + self.text_h, 5 * self.text_h])
        self._free = np.array(image_hw[::-1]) - before - after
        self._first = before
        self.largest_scale = max((self._free / np.ptp(self._turned, axis=1)).min(), 1e-6)

    def place(self, scale: float) -> None:
        """Take so many pixels a metre, with the box in the middle."""
        self.scale = scale
        middle = (self._turned.min(axis=1) + self._turned.max(axis=1)) / 2
        self.origin = self._first + self._free / 2 - scale * middle

    def _size(self, text: str) -> Tuple[int, int]:
        """Width and height in pixels."""
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, self.font, 1)
        return width, height

    def project(self, points: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Pixels [..., 2], and metres towards the eye [...]."""
        turned = np.asarray(points) @ self.turn.T
        return self.origin + self.scale * turned[..., :2], turned[..., 2]

    def nearness(self, joints: np.ndarray) -> float:
        """Of a person, to draw the nearest last; -inf without a joint."""
        known = joints[np.isfinite(joints).all(axis=-1)]
        return self.project(known)[1].mean() if len(known) else -np.inf

    def empty_box(self) -> np.ndarray:
        """Panes, grid and labels, uint8 [H, W, 3]."""
        image = np.empty((*self.image_hw, 3), np.uint8)
        image[:] = BACKGROUND
        for axis in range(3):
            pane = np.repeat(self.back[None], 4, axis=0)
            others = [i for i in range(3) if i != axis]
            for corner, ends in enumerate(((0, 0), (0, 1), (1, 1), (1, 0))):
                for other, end in zip(others, ends):
                    pane[corner, other] = (self.low, self.high)[end][other]
            cv2.fillConvexPoly(
                image, np.round(self.project(pane)[0]).astype(np.int32), PANE_COLOR, cv2.LINE_AA
            )
        ticks = [self._ticks(axis) for axis in range(3)]
        for axis in range(3):
            for tick in ticks[axis]:
                self._draw_grid_lines(image, axis, float(tick))
        self._label_across(image, ticks[self.across])
        self._label_upwards(image, ticks[2])
        return image

    def _ticks(self, axis: int) -> List[str]:
        """Round values, metres, whose labels do not touch, lowest first."""
        px_per_m = self.scale * np.abs(self.turn[:2, axis]).max()
        for step in TICK_STEPS_M:
            digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
            ids = np.arange(np.ceil(self.low[axis] / step), np.floor(self.high[axis] / step) + 1)
            # No "-0.0".
            ticks = [f'{i * step + 0.0:.{digits}f}' for i in ids]
            room = (
                3.2 * self.text_h
                if axis == 2
                else 1.3 * max([self._size(tick)[0] for tick in ticks], default=0)
            )
            if step * px_per_m >= room:
                break
        return ticks

    def _draw_grid_lines(self, image: np.ndarray, axis: int, tick: float) -> None:
        """The line of a tick on both panes that it meets."""
        for along in range(3):
            if along == axis:
                continue
            ends = np.repeat(self.back[None], 2, axis=0)
            ends[:, axis] = tick
            ends[:, along] = self.low[along], self.high[along]
            start, stop = np.round(self.project(ends)[0]).astype(int).tolist()
            cv2.line(image, start, stop, GRID_COLOR, 1, cv2.LINE_AA)

    def _label_across(self, image: np.ndarray, ticks: List[str]) -> None:
        """Below the floor's edge in front."""
        edge = np.repeat(self.front[None], len(ticks) + 2, axis=0)
        edge[:, 2] = self.low[2]
        edge[:, self.across] = (*map(float, ticks), self.low[self.across], self.high[self.across])
        places = self.project(edge)[0]
        for text, (x, y) in zip(ticks, places):
            self._write(image, text, x, y + self.text_h)
        self._write(image, AXES[self.across], *places[-2:].mean(axis=0) + (0, 2.75 * self.text_h))

    def _label_upwards(self, image: np.ndarray, ticks: List[str]) -> None:
        """Beside the box's rightmost edge."""
        edge = np.where(self.turn[0] > 0, self.high, self.low)
        edge = np.repeat(edge[None], len(ticks) + 1, axis=0)
        edge[:, 2] = (*map(float, ticks), self.high[2])
        places = self.project(edge)[0]
        x = places[0, 0] + self.text_w / 2 + self.text_h / 2
        for text, (_, y) in zip(ticks, places):
            self._write(image, text, x, y)
        self._write(image, AXES[2], x, places[-1, 1] - 1.5 * self.text_h)

    def _write(self, image: np.ndarray, text: str, x: float, y: float) -> None:
        """One line round a place, moved where it would leave the picture."""
        width, height = self._size(text)
        left = np.clip(x - width / 2, 1, self.image_hw[1] - width - 1)
        place = int(round(left)), int(round(y + height / 2))
        cv2.putText(
            image, text, place, cv2.FONT_HERSHEY_SIMPLEX, self.font, TEXT_COLOR, 1, cv2.LINE_AA
        )


def _draw_cloud(image: np.ndarray, pixels: np.ndarray, towards: np.ndarray) -> None:
    """Dots, the nearest on top and the brightest; IS drawn on the image."""
    if not len(pixels):
        return
    nearest_last = np.argsort(towards, kind='stable')
    towards = towards[nearest_last] - towards.min()
    bright = FAR_BRIGHTNESS + (1 - FAR_BRIGHTNESS) * towards / max(towards.max(), 1e-6)
    colors = (bright[:, None] * CLOUD_COLOR).astype(np.uint8)
    columns, rows = np.floor(pixels[nearest_last]).astype(int).T
    for down, right in np.ndindex(CLOUD_DOT_PX, CLOUD_DOT_PX):
        image[
            (rows + down).clip(0, image.shape[0] - 1),
            (columns + right).clip(0, image.shape[1] - 1),
        ] = colors


def _nobody(view_hw: Tuple[int, int]) -> np.ndarray:
    """A view that says why it is empty."""
    image = np.empty((*view_hw, 3), np.uint8)
    image[:] = BACKGROUND
    text, font = 'no joints to show', cv2.FONT_HERSHEY_SIMPLEX
    scale = min(0.5, 0.9 * 0.5 * view_hw[1] / cv2.getTextSize(text, font, 0.5, 1)[0][0])
    width, height = cv2.getTextSize(text, font, scale, 1)[0]
    cv2.putText(
        image,
        text,
        ((view_hw[1] - width) // 2, (view_hw[0] + height) // 2),
        font,
        scale,
        TEXT_COLOR,
        1,
        cv2.LINE_AA,
    )
    return image
