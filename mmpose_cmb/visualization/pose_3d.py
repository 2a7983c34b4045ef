"""Skeletons in space, seen from two angles."""
from typing import Optional, Sequence, Tuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Elevation and azimuth in degrees: from beside the camera, and from the
# person's flank, where errors in depth show.
VIEWS = ((12., -75.), (12., -8.))
GT_COLOR = (0.1, 0.1, 0.1)
CLOUD_COLOR = (0.55, 0.6, 0.68)
MAX_CLOUD_POINTS = 4000
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
    scale. The prediction is coloured, the ground truth thin and black, the
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
    canvas = FigureCanvasAgg(figure)
    for i, (elevation, azimuth) in enumerate(VIEWS):
        axes = figure.add_axes((i / 2, 0., 0.5, 1.), projection='3d')
        _draw_frame(axes, low, high)
        axes.view_init(elevation, azimuth)
        if cloud is not None:
            axes.scatter(
                *cloud.T, s=2.5, color=CLOUD_COLOR, alpha=0.5, linewidths=0)
        for joints in persons:
            _draw_links(axes, joints, links, np.divide(link_colors, 255.), 2.2)
            axes.scatter(*joints.T, s=9., color='dimgray', depthshade=False)
        for joints in () if truths is None else truths:
            _draw_links(axes, joints, links, [GT_COLOR] * len(links), 0.9)
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


def _draw_frame(axes, low: np.ndarray, high: np.ndarray) -> None:
    axes.set(
        xlim=(low[0], high[0]),
        ylim=(low[1], high[1]),
        zlim=(low[2], high[2]),
        xlabel='x [m]',
        ylabel='depth [m]')
    axes.set_zlabel('up [m]')
    axes.set_box_aspect(high - low, zoom=0.92)
    # Lengths along one axis can be compared wherever they are.
    axes.set_proj_type('ortho')
    axes.tick_params(labelsize=7, pad=-2)
    axes.locator_params(nbins=5)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.label.set_size(8)
        axis.labelpad = -6


def _draw_links(axes, joints: np.ndarray, links, colors, width: float) -> None:
    known = np.isfinite(joints).all(axis=-1)
    for (a, b), color in zip(links, colors):
        if known[a] and known[b]:
            axes.plot(*joints[[a, b]].T, color=color, lw=width)
