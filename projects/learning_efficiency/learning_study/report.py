"""The report of a study: a page of Markdown and one of HTML."""

import time
from pathlib import Path
from typing import Collection, List, NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemLoader

from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.io import write_text
from mmpose_cmb.paths import config_path

from .figures import draw, draw_courses
from .plan import RUN, Run
from .spreads import ACCURACY, REFERENCE, differences, show, spread_table, with_labels
from .study_folder import FINISHED, StudyFolder, runs_of
from .variants import title

REAL = f'real/{ACCURACY}'
MACHINE = ('device', 'processor', 'threads', 'system', 'python', 'mmpose_cmb', 'torch', 'finished')


class Section(NamedTuple):
    """A table of words, a plot, or both."""

    heading: str
    table: pd.DataFrame
    svg: str = ''

    def markdown(self) -> str:
        return (
            f'## {self.heading}\n\n'
            + self.table.to_markdown(index=False, tablefmt='github', disable_numparse=True)
            + '\n'
        )

    def html(self) -> str:
        return self.table.to_html(index=False, border=0)


def main_sections(runs: pd.DataFrame) -> List[Section]:
    """Accuracy, real frames and costs of finished runs with labels."""
    ahead = f'{title(REFERENCE)} minus'
    sections = [
        Section(
            'Accuracy against the amount of data (Figure 6)',
            spread_table(runs, ACCURACY, f'{ACCURACY}, all joints'),
            draw(runs, ACCURACY, 'fraction'),
        ),
        Section(
            f'{title(REFERENCE)} beside the others, seed by seed',
            spread_table(_gaps(runs, ACCURACY), ACCURACY, ahead, sign='+'),
        ),
        Section('PDJ', spread_table(runs, 'PDJ/average', 'PDJ, average')),
    ]
    if REAL in runs:
        sections += [
            Section(
                'Real frames (few; no result on the ITOP benchmark)',
                spread_table(runs, REAL, f'{ACCURACY}, real frames'),
                draw(runs, REAL, 'fraction'),
            ),
            Section(
                f'{title(REFERENCE)} beside the others on real frames',
                spread_table(_gaps(runs, REAL), REAL, ahead, sign='+'),
            ),
        ]
    return [
        *sections,
        Section(
            'Training until convergence',
            spread_table(runs, 'best_iteration', 'iterations to the best validation', digits=0),
        ),
        Section('Size, multiply-adds and time (Table 5)', cost_table(runs)),
    ]


def course_sections(curves: pd.DataFrame) -> List[Section]:
    """Validation of finished runs with labels: when all had trained alike, and all along.

    The first tells what is left of a difference where runs ended after
    unequal trainings.
    """
    ends = curves.groupby(RUN)['iteration'].transform('max')
    like = [name for name in _compared_by(curves) if name not in ('variant', 'seed')]
    first_end = ends.groupby([curves[name] for name in like]).transform('min')
    alike = curves[curves['iteration'] == first_end]
    return [
        Section(
            'Validation when the first of the runs that are compared ended',
            spread_table(alike, ACCURACY, f'{ACCURACY}, validation'),
        ),
        Section(
            f'{title(REFERENCE)} beside the others then, seed by seed',
            spread_table(_gaps(alike, ACCURACY), ACCURACY, f'{title(REFERENCE)} minus', sign='+'),
        ),
        Section(
            'Validation during the training: a line a run, a dot at the weights that are kept',
            pd.DataFrame(),
            draw_courses(curves, ACCURACY),
        ),
    ]


def _gaps(runs: pd.DataFrame, figure: str) -> pd.DataFrame:
    """The reference's runs minus each other's of the same seed."""
    gaps = differences(runs, figure, REFERENCE, _compared_by(runs))
    return gaps.assign(**{figure: -gaps[figure]})


def _compared_by(rows: pd.DataFrame) -> List[str]:
    """The columns that are equal, but the variant, in runs that are compared.

    Where a variant has one regularisation, its best, it is compared with the
    others' best; where it has several, like with like.
    """
    key = [name for name in RUN if name != 'regularisation']
    return RUN if rows.drop_duplicates(RUN).duplicated(key).any() else key


def group_sections(runs: pd.DataFrame) -> List[Section]:
    """Table 6 and PDJ at every threshold, for each fraction."""
    info = parse_depth_metainfo(dict(from_file=config_path('_base_/datasets/k2hpd.py')))
    rows = {f'{ACCURACY}/{group}': group for group in info['joint_groups']}
    rows.update({f'PDJ@{t}': f'PDJ@{t}' for t in ('0.05', '0.10', '0.15', '0.20')})
    sections = []
    for fraction, part in runs.groupby('fraction'):
        long = part.melt(['label'], [c for c in rows if c in part], 'figure')
        long['figure'] = pd.Categorical(long['figure'].map(rows), rows.values())
        sections.append(
            Section(
                f'{ACCURACY} by group of joints (Table 6), and PDJ: {fraction} % of the frames',
                spread_table(long, 'value', 'Group', 'figure'),
            )
        )
    return sections[::-1]


def cost_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Size, multiply-adds and time of a training, as words."""
    rows = []
    for label, part in runs.groupby('label', observed=True):
        row = {'': label}
        for name, column, unit, digits in (
            ('parameters, M', 'parameters', 1e6, 2),
            ('multiply-adds, G', 'multiply_adds', 1e9, 3),
        ):
            if column in part:
                row[name] = f'{part[column].iloc[0] / unit:.{digits}f}'
        rows.append({**row, 'a run, min': show(part['train_s'] / 60)})
    return pd.DataFrame(rows)


def doubts(runs: pd.DataFrame) -> List[str]:
    """What forbids to compare some of the runs."""
    versions = runs.groupby('label', observed=True)['variant_digest'].nunique()
    notes = [
        f'{label}: its config was changed between the runs ({number} '
        'versions); delete the lines of the old ones in runs.csv (column '
        'variant_digest)'
        for label, number in versions.items()
        if number > 1
    ]
    capped = (~runs['converged'].astype(bool)).sum()
    if capped:
        notes.append(
            f'{capped} of {len(runs)} runs ended at the cap of the iterations, '
            'not by convergence (column converged of runs.csv)'
        )
    motions = runs[runs['motions'].astype(bool)]['label'].unique()
    if 0 < len(motions) < runs['label'].nunique():
        notes.append(
            f'{", ".join(motions)}: trained and tested on frames of '
            'motions, as many, but other ones than those of the '
            'rest; to be compared with each other'
        )
    return notes


def write_report(folder: StudyFolder, chosen: Collection[Run]) -> None:
    """Write ``report.html`` and ``report.md`` of a choice of runs."""
    rows = folder.runs.read()
    rows = rows[[run in chosen for run in runs_of(rows)]]
    runs = with_labels(rows[rows['state'] == FINISHED])
    curves = with_labels(folder.curves.read().merge(runs[folder.runs.key]))
    missing = rows[rows['state'] != FINISHED]
    missing = missing[[c for c in (*folder.runs.key, 'state', 'error') if c in missing]].fillna('')
    sections = []
    if len(runs):
        sections = [*main_sections(runs), *group_sections(runs), *course_sections(curves)]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / 'templates'),
        autoescape=lambda name: name.endswith('.html'),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ('report.html', 'report.md'):
        page = environment.get_template(name).render(
            sections=[s for s in sections if len(s.table) or s.svg],
            study=folder.study(),
            machine={name: runs[name].dropna().unique() for name in MACHINE if name in runs},
            missing=Section('What is missing', missing),
            notes=doubts(runs) if len(runs) else [],
            finished=len(runs),
            total=len(rows),
            written=time.strftime('%Y-%m-%d %H:%M'),
        )
        write_text(folder.root / name, page)
