"""Plain-text table of percentages and other figures for the log."""

import math
from io import StringIO
from typing import Dict, Sequence

from rich import box
from rich.console import Console
from rich.table import Table


def accuracy_table(sections: Sequence[Dict[str, Dict[str, float]]]) -> str:
    """Lay out figures, one row per joint or group, as plain text.

    Args:
        sections (Sequence[dict]): Blocks of rows set apart by a rule, each
            row name -> (column name -> figure). All rows have the columns
            of the first; NaN prints as a dash.

    Returns:
        str: The table in ASCII, no colour codes: fit for a log file.
    """
    first_row = next(iter(sections[0].values()))
    table = Table(box=box.ASCII2)
    table.add_column('')
    for column in first_row:
        table.add_column(column, justify='right')
    for rows in sections:
        for name, row in rows.items():
            figures = [row[column] for column in first_row]
            table.add_row(name, *('-' if math.isnan(v) else f'{v:.1f}' for v in figures))
        table.add_section()

    text = StringIO()
    # Wide enough that no name is ever folded.
    Console(file=text, width=500, color_system=None).print(table)
    return '\n'.join(line.rstrip() for line in text.getvalue().splitlines())
