"""A picture of a dataset's statistics."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..datasets.statistics import BIN_M

# Finer bars show the steps of the sensor in place of the scene.
BINS_PER_BAR = 5


def draw_statistics(statistics, title: str = '') -> np.ndarray:
    """Draw depth, boxes and joints of a dataset.

    Args:
        statistics (DatasetStatistics): What was collected.
        title (str): Above the picture. Defaults to none.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB.
    """
    # A figure with a canvas of its own: pyplot and its backend stay as the
    # user has set them.
    figure = Figure(figsize=(11, 7.5), dpi=110, layout='constrained')
    canvas = FigureCanvasAgg(figure)
    figure.suptitle(title)
    axes = figure.subplots(2, 2)
    _draw_depth(axes[0, 0], statistics)
    _draw_boxes(axes[0, 1], statistics)
    rows = statistics.joint_table()[:-1]
    names = [row[0] for row in rows]
    _draw_bars(axes[1, 0], names,
               {'not labelled': [100 - row[1] for row in rows],
                'outside the image': [row[2] for row in rows],
                'hidden': [100 - row[3] for row in rows]})  # yapf: disable
    axes[1, 0].set(title='Joints', xlabel='percent')
    _draw_bars(axes[1, 1], names, {'behind it': [row[4] for row in rows]})
    axes[1, 1].set(
        title='Joint against the surface seen at its pixel, median', xlabel='cm behind the surface'
    )
    for axis in axes.flat:
        axis.grid(alpha=0.3)
        axis.spines[['top', 'right']].set_visible(False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def _draw_depth(axis, statistics) -> None:
    for name, sums in (('whole frames', statistics.frames), ('person crops', statistics.crops)):
        used = np.flatnonzero(sums.histogram)
        if not used.size:
            continue
        bars = sums.histogram.reshape(-1, BINS_PER_BAR).sum(axis=1)
        bars = bars[: used[-1] // BINS_PER_BAR + 1] / bars.sum()
        axis.stairs(
            100 * bars,
            np.arange(len(bars) + 1) * BINS_PER_BAR * BIN_M,
            label=name,
            fill=True,
            alpha=0.5,
        )
    axis.set(
        title='Depth of valid pixels',
        xlabel='m',
        ylabel=f'percent per {100 * BINS_PER_BAR * BIN_M:.0f} cm',
    )
    axis.legend(frameon=False)


def _draw_boxes(axis, statistics) -> None:
    boxes = np.array(statistics.boxes)
    axis.scatter(boxes[:, 0], boxes[:, 1], s=6, alpha=0.4)
    axis.set(title='Boxes', xlabel='width, pixels', ylabel='height, pixels',
             xlim=(0, None), ylim=(0, None))  # yapf: disable


def _draw_bars(axis, names, series) -> None:
    """Horizontal bars; a series that is not known is left out."""
    series = {k: v for k, v in series.items() if not np.isnan(v).all()}
    thickness = 0.8 / max(len(series), 1)
    places = np.arange(len(names))
    for number, (name, values) in enumerate(series.items()):
        axis.barh(
            places + (number - (len(series) - 1) / 2) * thickness, values, thickness, label=name
        )
    axis.set_yticks(places, names, fontsize=7)
    axis.invert_yaxis()
    if any(np.nanmax(values) > 0 for values in series.values()):
        axis.autoscale()
    else:
        axis.set_xlim(0, 1)
    if len(series) > 1:
        axis.legend(frameon=False)
    elif not series:
        axis.text(0.5, 0.5, 'not known', transform=axis.transAxes, ha='center')
