"""The plots of the report, as inline SVG."""

import io

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


def draw(rows: pd.DataFrame, figure: str, along: str) -> str:
    """Draw a column (percent) of rows with labels along another one.

    Bars are standard deviations. Returns an ``<svg>`` element, or nothing
    where there is nothing to draw.
    """
    if figure not in rows or rows.dropna(subset=[figure])[along].nunique() < 2:
        return ''
    with matplotlib.rc_context(STYLE):
        plot = Figure((7, 4), layout='constrained')
        axes = plot.subplots()
        for i, (label, points) in enumerate(rows.groupby('label', observed=False)):
            points = points.groupby(along)[figure].agg(['mean', 'std'])
            points = points.dropna(subset=['mean']).fillna(0)
            # Bars side by side rather than on top of each other.
            shift = i * rows[along].max() / 200
            axes.errorbar(
                points.index + shift, points['mean'], points['std'], capsize=3, label=label
            )
        axes.set(xlabel=along, ylabel=f'{figure}, percent')
        plot.legend(loc='outside right center')
        return _svg(plot)


def draw_courses(rows: pd.DataFrame, figure: str) -> str:
    """Draw a column (percent) of rows with labels along their iterations.

    A panel for each fraction, a line for each run and a dot at its best.
    Returns an ``<svg>`` element, or nothing where there is nothing to draw.
    """
    if figure not in rows or rows.dropna(subset=[figure]).empty:
        return ''
    rows = rows.dropna(subset=[figure]).sort_values('iteration')
    fractions = sorted(rows['fraction'].unique())
    with matplotlib.rc_context(STYLE):
        plot = Figure((3.8 + 3.2 * len(fractions), 4), layout='constrained')
        grid = plot.subplots(1, len(fractions), squeeze=False, sharey=True)[0]
        styles = dict(zip(rows['label'].cat.categories, STYLE['axes.prop_cycle']))
        named = {}
        for axes, fraction in zip(grid, fractions):
            part = rows[rows['fraction'] == fraction]
            for (label, _), run in part.groupby(['label', 'seed'], observed=True):
                best = run.loc[run[figure].idxmax()]
                style = dict(color=styles[label]['color'], linestyle=styles[label]['linestyle'])
                # Markers of its own on each validation would hide the dots.
                (named[label],) = axes.plot(
                    run['iteration'], run[figure], lw=1, marker='', **style
                )
                axes.plot(best['iteration'], best[figure], 'o', color=style['color'], ms=4)
            axes.set(xlabel='iteration', ylabel=f'{figure}, percent', title=f'{fraction} %')
            axes.label_outer()
        plot.legend(named.values(), named.keys(), loc='outside right center')
        return _svg(plot)


def _svg(plot: Figure) -> str:
    buffer = io.StringIO()
    plot.savefig(buffer, format='svg', metadata=dict(Date=None))
    svg = buffer.getvalue()
    return svg[svg.index('<svg') :]
