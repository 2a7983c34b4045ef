"""The plots of the report, as inline SVG."""

import io
from typing import Sequence

import matplotlib
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

# Colours that stay apart for colour-blind readers (Okabe and Ito); letters
# as letters: the page's reader can search and copy them.
STYLE = {
    'svg.fonttype': 'none',
    'axes.grid': True,
    'axes.prop_cycle': cycler(linestyle=['-', '--', ':'])
    * (
        cycler(marker=list('osD^vP*'))
        + cycler(
            color=['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000']
        )
    ),
}


def draw(rows: pd.DataFrame, figure: str, along: str, panels: Sequence[int] = (0,)) -> str:
    """Draw a column (percent) of rows with labels along another one.

    A panel for each of the fractions ``panels``; 0: all rows. Bars are
    standard deviations. Returns an ``<svg>`` element, or nothing where there
    is nothing to draw.
    """
    if figure not in rows or rows.dropna(subset=[figure])[along].nunique() < 2:
        return ''
    with matplotlib.rc_context(STYLE):
        plot = Figure((3.8 + 3.2 * len(panels), 4), layout='constrained')
        grid = plot.subplots(1, len(panels), squeeze=False, sharey=True)[0]
        for axes, fraction in zip(grid, panels):
            part = rows[rows['fraction'] == fraction] if fraction else rows
            for i, (label, points) in enumerate(part.groupby('label', observed=False)):
                points = points.groupby(along)[figure].agg(['mean', 'std'])
                points = points.dropna(subset=['mean']).fillna(0)
                # Bars side by side rather than on top of each other.
                shift = i * rows[along].max() / 200
                axes.errorbar(
                    points.index + shift, points['mean'], points['std'], capsize=3, label=label
                )
            axes.set(
                xlabel=along,
                ylabel=f'{figure}, percent',
                title=f'{fraction} %' if fraction else '',
            )
            axes.label_outer()
        plot.legend(*grid[0].get_legend_handles_labels(), loc='outside right center')
        buffer = io.StringIO()
        plot.savefig(buffer, format='svg', metadata=dict(Date=None))
    svg = buffer.getvalue()
    return svg[svg.index('<svg') :]
