"""The curve of frames whose joints are all closer than a distance."""

from typing import Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..drawing import write_image


def draw_error_curves(
    worst_errors_mm: Mapping[str, np.ndarray], max_mm: float, out_file: str
) -> str:
    """Draw the share of frames within a distance into a picture.

    Args:
        worst_errors_mm (Mapping[str, np.ndarray]): Curve name -> error of
            each frame's worst joint, millimetres, [F]; infinity = never
            within. Names without frames are left out of the picture. The
            first curve is drawn black and wide, it is the total.
        max_mm (float): Where the curves end, millimetres.
        out_file (str): Picture to write, for example ``curve.png``.

    Returns:
        str: ``out_file``.

    Raises:
        ValueError: If ``out_file`` is no picture's name.
    """
    return write_image(out_file, error_curve_picture(worst_errors_mm, max_mm))


def error_curve_picture(worst_errors_mm: Mapping[str, np.ndarray], max_mm: float) -> np.ndarray:
    """The picture of :func:`draw_error_curves`.

    Returns:
        np.ndarray: uint8 [H, W, 3], RGB.
    """
    # A figure with a canvas of its own: pyplot and its backend stay as the
    # user has set them.
    figure = Figure(figsize=(7.2, 4.2), dpi=120, layout='constrained')
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    for i, (name, errors_mm) in enumerate(worst_errors_mm.items()):
        if not np.size(errors_mm):
            continue
        # Ten hues, dashed the second time: enough for a body's groups.
        style = dict(color=f'C{i % 10}', ls='-' if i < 10 else '--', lw=1)
        if i == 0:
            style = dict(color='black', lw=2.4, zorder=3)
        axes.plot(*staircase(errors_mm, max_mm), drawstyle='steps-post', label=name, **style)
    axes.set(
        xlabel='distance d [mm]',
        ylabel='frames with all joints within d [%]',
        xlim=(0, max_mm),
        ylim=(0, 100),
    )
    axes.grid(alpha=0.3)
    axes.spines[['top', 'right']].set_visible(False)
    figure.legend(loc='outside right upper', frameon=False, fontsize=8)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def staircase(errors_mm: np.ndarray, max_mm: float):
    """Corners of the curve: it rises by one frame at each frame's error.

    Args:
        errors_mm (np.ndarray): [F], millimetres.
        max_mm (float): Where the curve ends, millimetres.

    Returns:
        tuple[np.ndarray, np.ndarray]: Distances in millimetres from 0 to
        ``max_mm`` and the percent of frames from each of them on.
    """
    errors_mm = np.sort(np.asarray(errors_mm, dtype=np.float64))
    percent = 100.0 * np.arange(1, len(errors_mm) + 1) / len(errors_mm)
    inside = errors_mm < max_mm
    last = percent[inside][-1] if inside.any() else 0.0
    return (
        np.concatenate([[0.0], errors_mm[inside], [max_mm]]),
        np.concatenate([[0.0], percent[inside], [last]]),
    )
