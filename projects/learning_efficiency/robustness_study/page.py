"""The page of tables."""
from typing import List

from learning_study.summary import ACCURACY
from tabulate import tabulate

from .conditions import CONDITIONS
from .kept_figures import REAL_FRAMES
from .tables import condition_table

REAL_FRAMES_MEANING = ('real ITOP frames, where the study was given some; 15 '
                       'joints, with flip test')


def make_page(rows: List[dict], baseline: str) -> str:
    """The Markdown page: a table for each fraction."""
    conditions = {
        **{name: c.meaning for name, c in CONDITIONS.items()},
        REAL_FRAMES: REAL_FRAMES_MEANING
    }
    parts = [
        '# Robustness\n',
        f'{ACCURACY} of all joints in percent, mean ± standard deviation '
        'over the seeds, no flip test. Differences are those of runs of one '
        'seed. A number in brackets: so many seeds only.\n'
    ]
    variants = list(dict.fromkeys(row['variant'] for row in rows))
    if baseline not in variants:
        parts.append(f'No differences: {baseline} has not been tested.\n')
    for fraction in sorted({row['fraction'] for row in rows}, reverse=True):
        of_fraction = [row for row in rows if row['fraction'] == fraction]
        present = {row['variant'] for row in of_fraction}
        cells = condition_table(of_fraction, fraction,
                                [v for v in variants if v in present],
                                [*conditions], baseline)
        parts.append(f'## {fraction} % of the training frames\n\n'
                     + tabulate(cells[1:], cells[0], 'github',
                                disable_numparse=True) + '\n')
    used = {row['condition'] for row in rows}
    parts.append('\n'.join(f'* `{name}`: {meaning}'
                           for name, meaning in conditions.items()
                           if name in used))
    return '\n'.join(parts) + '\n'
