"""The tables of the robustness."""

from typing import List

import pandas as pd
from learning_study.plan import RUN
from learning_study.report import Section
from learning_study.spreads import ACCURACY, NOTHING, differences, spread_table, with_labels
from learning_study.variants import title

from .conditions import CONDITIONS

BASELINE = 'without_cmb'


def robustness_sections(rows: pd.DataFrame, baseline: str = BASELINE) -> List[Section]:
    """A table for each fraction: every variant, and minus the baseline.

    ``rows`` has one row a run and condition.
    """
    rows = with_labels(rows[rows['condition'].isin(list(CONDITIONS))])
    rows['condition'] = pd.Categorical(rows['condition'], list(CONDITIONS))
    sections = []
    for fraction, part in rows.groupby('fraction'):
        gaps = differences(part, ACCURACY, baseline, [*RUN, 'condition'])
        gaps['label'] = gaps['label'].cat.rename_categories(
            lambda label: f'{label} - {title(baseline)}'
        )
        cells = [
            spread_table(part, ACCURACY, 'condition', 'condition'),
            spread_table(gaps, ACCURACY, 'condition', 'condition', sign='+'),
        ]
        table = pd.concat([c.set_index('condition') for c in cells if len(c)], axis=1).fillna(
            NOTHING
        )
        sections.append(Section(f'Robustness, {fraction} % of the frames', table.reset_index()))
    return sections[::-1]


def robustness_page(rows: pd.DataFrame, baseline: str) -> str:
    """The tables, and what the conditions are."""
    sections = robustness_sections(rows, baseline)
    meanings = [f'* `{name}`: {condition.meaning}' for name, condition in CONDITIONS.items()]
    return '\n'.join(
        [
            f'{ACCURACY} of all joints in percent, mean ± standard deviation over '
            'the seeds, whose number is in brackets; no flip test. Differences '
            'are those of runs of one seed.\n',
            *(section.markdown() for section in sections),
            *meanings,
            '',
        ]
    )
