"""Figures of many runs: means, deviations, differences."""

from typing import Sequence

import pandas as pd

from .plan import RUN
from .variants import KNOWN, title

ACCURACY = 'PCKh@0.5'
# The variant that the others are compared with.
REFERENCE = 'cmb'
NOTHING = '-'


def show(values: pd.Series, sign: str = '', digits: int = 1) -> str:
    """Mean, sample deviation (n - 1) and n; a dash for nothing.

    Example:
        >>> show(pd.Series([91., 92., 93.]))
        '92.0 ± 1.0 (3)'
    """
    values = values.dropna()
    if not len(values):
        return NOTHING
    # Adding zero makes -0.0 a plain 0.0.
    text = f'{round(values.mean(), digits) + 0.0:{sign}.{digits}f}'
    if len(values) > 1:
        text += f' ± {values.std():.{digits}f}'
    return f'{text} ({len(values)})'


def with_labels(rows: pd.DataFrame) -> pd.DataFrame:
    """A copy with a column ``label``, in the order of the tables."""
    order = {name: place for place, name in enumerate(KNOWN)}
    rows = rows.sort_values(
        'variant',
        kind='stable',
        key=lambda names: names.map(lambda name: order.get(name, len(order))),
    )
    labels = [
        title(name) if kind == 'none' else f'{title(name)}, {kind.replace("_", " ")}'
        for name, kind in zip(rows['variant'], rows['regularisation'])
    ]
    return rows.assign(label=pd.Categorical(labels, list(dict.fromkeys(labels))))


def spread_table(
    rows: pd.DataFrame,
    figure: str,
    corner: str,
    index: str = 'label',
    sign: str = '',
    digits: int = 1,
) -> pd.DataFrame:
    """A table of words: a column's spread over the seeds; it may be empty.

    Args:
        rows (pd.DataFrame): One row a run.
        figure (str): The column that is shown.
        corner (str): What is written over the first column.
        index (str): The column whose values are the table's rows: 'label',
            with fractions as columns, or another one, with labels as columns.
        sign (str): '+' for a sign before positive means, too.
        digits (int): After the decimal point. Defaults to 1.
    """
    if figure not in rows or rows[figure].isna().all():
        return pd.DataFrame()
    columns = 'fraction' if index == 'label' else 'label'
    cells = (
        rows.dropna(subset=[figure])
        .groupby([index, columns], observed=True)[figure]
        .apply(show, sign=sign, digits=digits)
    )
    table = cells.unstack().astype(object).fillna(NOTHING)
    unit = ' %' if columns == 'fraction' else ''
    table.columns = [f'{name}{unit}' for name in table.columns]
    return table.rename_axis(corner).reset_index()


def differences(
    rows: pd.DataFrame, figure: str, beside: str, key: Sequence[str] = RUN
) -> pd.DataFrame:
    """Each row's figure minus that of the variant ``beside``.

    Rows are paired where all of ``key`` but the variant is equal; rows
    without a counterpart, and those of ``beside``, are left out.
    """
    pair = [name for name in key if name != 'variant']
    theirs = rows.loc[rows['variant'] == beside, [*pair, figure]]
    both = rows[rows['variant'] != beside].merge(theirs, on=pair, suffixes=('', '/theirs'))
    return both.assign(**{figure: both[figure] - both[f'{figure}/theirs']})
