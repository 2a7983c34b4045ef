"""The plots of the report, as inline SVG."""
import io
from typing import List, Optional

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from .plan import title
from .summary import ACCURACY, REFERENCE, Study

# Colours that stay apart for colour-blind readers (Okabe and Ito), and
# markers for more variants than colours.
COLORS = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9',
          '#000000')
MARKERS = 'osD^vP*X<>'


def efficiency_curve(study: Study, part: str = 'metrics') -> str:
    """Figure 6: accuracy against the share of the training frames.

    Args:
        study (Study): All results.
        part (str): 'metrics', or 'real_frames' for the real ones. Defaults
            to 'metrics'.

    Returns:
        str: An ``<svg>`` element; the bars are standard deviations.
    """
    figure = Figure(figsize=(7.6, 4.4), layout='constrained')
    axes = figure.subplots()
    for i, variant in enumerate(study.variants):
        points = {
            fraction: study.spread(variant, fraction, part=part)
            for fraction in study.asked.fractions
        }
        points = {f: point for f, point in points.items() if point}
        if points:
            # Bars side by side rather than on top of each other.
            shift = 0.5 * (i - (len(study.variants) - 1) / 2)
            axes.errorbar(
                np.array(list(points)) + shift,
                [p.mean for p in points.values()],
                yerr=np.nan_to_num([p.deviation for p in points.values()]),
                capsize=3,
                **_style(i, variant))
    axes.set(
        xlabel='training frames used, percent',
        ylabel=f'{ACCURACY}, percent',
        xticks=study.asked.fractions)
    return _finish(figure, [axes])


def learning_curves(study: Study) -> Optional[str]:
    """Accuracy against the iteration, one panel a fraction.

    Returns:
        str, optional: An ``<svg>`` element; None where runs were tested but
        once. Bands are standard deviations.
    """
    fractions = [
        fraction for fraction in study.asked.fractions if any(
            study.of(variant, fraction) for variant in study.variants)
    ]
    if not fractions or all(
            len(r['curve']) < 2 for r in study.results.values()):
        return None
    columns = min(3, len(fractions))
    rows = -(-len(fractions) // columns)
    figure = Figure(
        figsize=(3.1 * columns + 1.6, 2.9 * rows), layout='constrained')
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    panels = list(grid.flat)
    for panel, fraction in zip(panels, fractions):
        for i, variant in enumerate(study.variants):
            _learning_curve(panel, study, variant, fraction, i)
        panel.set(title=f'{fraction} % of the frames', xlabel='iteration')
    for panel in panels[len(fractions):]:
        panel.remove()
    panels[0].set_ylabel(f'{ACCURACY}, percent')
    return _finish(figure, panels[:len(fractions)])


def _learning_curve(panel, study: Study, variant: str, fraction: int,
                    i: int) -> None:
    points = {}
    for result in study.of(variant, fraction).values():
        for entry in result['curve']:
            if ACCURACY in entry:
                points.setdefault(entry['iteration'],
                                  []).append(entry[ACCURACY])
    if not points:
        return
    iterations = sorted(points)
    means = np.array([np.mean(points[k]) for k in iterations])
    deviations = np.array([
        np.std(points[k], ddof=1) if len(points[k]) > 1 else 0.
        for k in iterations
    ])
    style = _style(i, variant)
    panel.plot(iterations, means, **style)
    panel.fill_between(
        iterations,
        means - deviations,
        means + deviations,
        color=style['color'],
        alpha=0.15,
        lw=0)


def _style(i: int, variant: str) -> dict:
    return dict(
        color=COLORS[i % len(COLORS)],
        marker=MARKERS[i % len(MARKERS)],
        ls='-' if i < len(COLORS) else '--',
        ms=5,
        lw=2.6 if variant == REFERENCE else 1.4,
        label=title(variant))


def _finish(figure: Figure, panels: List) -> str:
    for panel in panels:
        panel.grid(alpha=0.3)
        panel.spines[['top', 'right']].set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc='outside right center', frameon=False)
    buffer = io.StringIO()
    # Letters as letters: the page's reader can search and copy them.
    with matplotlib.rc_context({'svg.fonttype': 'none', 'font.size': 10}):
        figure.savefig(buffer, format='svg', metadata=dict(Date=None))
    svg = buffer.getvalue()
    return svg[svg.index('<svg'):]
