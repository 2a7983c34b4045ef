"""Rows in a CSV file that several processes may write to."""

from pathlib import Path
from typing import Callable, Optional, Sequence

import pandas as pd
from filelock import FileLock

from mmpose_cmb.io import write_text

# Columns that are words, whatever their letters look like (12e4).
WORDS = dict.fromkeys(
    ('variant', 'regularisation', 'condition', 'state', 'error', 'variant_digest', 'tested'), str
)


class CsvTable:
    """Rows that are told from each other by their key.

    ``key`` are columns that every row has; any row may have more. The file
    need not be there.
    """

    def __init__(self, path: Path, key: Sequence[str]) -> None:
        self.path = path
        self.key = list(key)

    def read(self) -> pd.DataFrame:
        """All rows, numbers to the last bit."""
        if not self.path.is_file():
            return pd.DataFrame(columns=self.key)
        table = pd.read_csv(
            self.path,
            dtype=WORDS,
            float_precision='round_trip',
            keep_default_na=False,
            na_values=[''],
        )
        # Files of before there was more than one.
        if 'regularisation' not in table:
            table.insert(3, 'regularisation', 'none')
        return table

    def put(self, *rows: dict, keep: Optional[Callable] = None) -> None:
        """Add rows; a row takes the place of the one with its key.

        ``keep`` says of the table so far which rows stay, as a series of
        booleans.
        """
        with FileLock(self.path.with_name(f'.{self.path.name}.lock')):
            before = self.read()
            if keep is not None:
                before = before[keep(before)]
            table = pd.DataFrame(
                [*before.to_dict('records'), *rows], columns=None if rows else before.columns
            )
            table = table.drop_duplicates(self.key, keep='last')
            # Whole numbers stay whole beside rows that have none.
            table = table.sort_values(self.key).convert_dtypes(convert_floating=False)
            write_text(self.path, table.to_csv(index=False))
