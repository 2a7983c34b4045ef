"""Skeletons in space, seen from two angles."""
from typing import Optional, Sequence, Tuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from ..drawing.contact_sheet import BACKGROUND

# Elevation and azimuth in degrees: from beside the camera, and from the
# person's flank, where errors in depth show; and the axis that runs into the
# picture, whose ticks would lie on top of each other.
VIEWS = ((12., -75., 'y'), (12., -8., 'x'))
GT_COLOR = (1., 1., 1.)
CLOUD_COLOR = (0.62, 0.66, 0.74)
TEXT_COLOR = (0.82, 0.82, 0.85)
PANE_COLOR = (0.11, 0.11, 0.13)
GRID_COLOR = (0.27, 0.27, 0.31)
MAX_CLOUD_POINTS = 6000
TICK_STEPS_M = (0.02, 0.05, 0.1, 0.2, 0.5, 1., 2., 5.)
MAX_TICKS = 5
# Least extent that is shown, metres: a hand, not a single joint.
MIN_SIDE_M = 0.1
DPI = 100


def draw_pose_3d(keypoints_cam: np.ndarray,
                 links: Sequence[Tuple[int, int]],
                 link_colors: Sequence[Tuple[int, int, int]],
                 *,
                 gt: Optional[np.ndarray] = None,
                 cloud_m: Optional[np.ndarray] = None,
                 view_px: int = 400) -> np.ndarray:
    """Draw skeletons in the camera frame, upright, from two angles.

    Left the view from beside the camera, x to the right; right the view from
    the flank, in which depth runs to the right. All three axes have one
    scale. The prediction is coloured, the ground truth thin and white, the
    depth image's points are grey.

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
        view_px (int): Side of each of the two square views in pixels.
            Defaults to 400.

    Returns:
        np.ndarray: uint8 [view_px, 2 * view_px, 3], RGB.

    Raises:
        ValueError: If shapes do not fit, or there is not one colour per link.
    """
    if len(link_colors) != len(links):
        raise ValueError(f'{len(links)} links need as many colours, got '
                         f'{len(link_colors)}')
    persons = _as_plot_axes(keypoints_cam, 'keypoints_cam')
    truths = None if gt is None else _as_plot_axes(gt, 'gt')
    shown = persons if truths is None else np.concatenate([persons, truths])
    low, high = _box(shown.reshape(-1, 3))
    cloud = None if cloud_m is None else _cloud_inside(cloud_m, low, high)

    # A figure with a canvas of its own: pyplot and its backend stay as the
    # user has set them.
    figure = Figure(figsize=(2 * view_px / DPI, view_px / DPI), dpi=DPI)
    figure.set_facecolor(np.divide(BACKGROUND, 255.))
    canvas = FigureCanvasAgg(figure)
    for i, (elevation, azimuth, inwards) in enumerate(VIEWS):
        axes = figure.add_axes((i / 2, 0.03, 0.5, 0.97), projection='3d')
        _draw_frame(axes, low, high, inwards)
        # The skeleton is inside the body: it is drawn over the points.
        axes.computed_zorder = False
        axes.view_init(elevation, azimuth)
        if cloud is not None:
            axes.scatter(
                *cloud.T, s=2.5, color=CLOUD_COLOR, alpha=0.6, linewidths=0)
        for joints in persons:
            _draw_links(axes, joints, links, np.divide(link_colors, 255.), 2.2)
            axes.scatter(
                *joints.T,
                s=9.,
                color='gainsboro',
                depthshade=False,
                zorder=3)
        for joints in () if truths is None else truths:
            _draw_links(axes, joints, links, [GT_COLOR] * len(links), 1.)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


def _as_plot_axes(joints_cam: np.ndarray, name: str) -> np.ndarray:
    """Camera frame to a frame whose third axis points up, [n, K, 3]."""
    joints_cam = np.asarray(joints_cam, dtype=np.float64)
    if joints_cam.ndim == 2:
        joints_cam = joints_cam[None]
    if joints_cam.ndim != 3 or joints_cam.shape[-1] != 3:
        raise ValueError(f'{name} must have the shape [K, 3] or [n, K, 3], '
                         f'got {joints_cam.shape}')
    x, y, z = np.moveaxis(joints_cam, -1, 0)
    return np.stack([x, z, -y], axis=-1)


def _box(points: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Corners of a box that holds all finite points and some room.

    No side is shorter than a third of the longest: a flat box shows nothing.
    """
    points = points[np.isfinite(points).all(axis=-1)]
    if not len(points):
        return np.zeros(3), np.ones(3)
    low, high = points.min(axis=0), points.max(axis=0)
    longest = max((high - low).max(), MIN_SIDE_M)
    half = np.maximum(high - low + 0.15 * longest, longest / 3) / 2
    return (low + high) / 2 - half, (low + high) / 2 + half


def _cloud_inside(cloud_m: np.ndarray, low: np.ndarray,
                  high: np.ndarray) -> np.ndarray:
    """Points inside the box, thinned evenly, in the plot's axes."""
    cloud = _as_plot_axes(cloud_m, 'cloud_m')[0]
    # Comparisons with NaN are false: such points go.
    cloud = cloud[((cloud >= low) & (cloud <= high)).all(axis=-1)]
    return cloud[::max(1, -(-len(cloud) // MAX_CLOUD_POINTS))]


def _draw_frame(axes, low: np.ndarray, high: np.ndarray,
                inwards: str) -> None:
    """Panes, grid and ticks; the axis ``inwards`` has no ticks."""
    axes.set(
        xlim=(low[0], high[0]),
        ylim=(low[1], high[1]),
        zlim=(low[2], high[2]),
        facecolor=np.divide(BACKGROUND, 255.))
    axes.set_box_aspect(high - low, zoom=0.9)
    # Lengths along one axis can be compared wherever they are.
    axes.set_proj_type('ortho')
    axes.tick_params(labelsize=8, pad=-1, colors=TEXT_COLOR)
    for axis, label, side in zip((axes.xaxis, axes.yaxis, axes.zaxis),
                                 ('x [m]', 'depth [m]', 'up [m]'), high - low):
        step = next((s for s in TICK_STEPS_M if side / s <= MAX_TICKS), 10.)
        axis.set_major_locator(MultipleLocator(step))
        axis.set_pane_color(PANE_COLOR)
        axis.line.set_color(GRID_COLOR)
        # matplotlib has no public way to colour the grid of 3D axes.
        axis._axinfo['grid'].update(color=GRID_COLOR, linewidth=0.7)
        axis._axinfo['tick'].update(color=GRID_COLOR)
        if axis.axis_name == inwards:
            axis.set_ticklabels([])
            continue
        axis.set_label_text(label, color=TEXT_COLOR, size=9)
        axis.labelpad = 2 if axis is axes.zaxis else -4


def _draw_links(axes, joints: np.ndarray, links, colors, width: float) -> None:
    known = np.isfinite(joints).all(axis=-1)
    for (a, b), color in zip(links, colors):
        if known[a] and known[b]:
            axes.plot(*joints[[a, b]].T, color=color, lw=width)
