"""Figures of finished runs against figures worked out here."""

import re
from dataclasses import asdict
from pathlib import Path
from statistics import mean, stdev

import pytest
import tables
from learning_study.plan import Run, make_runs
from learning_study.report import write_report
from learning_study.settings import Settings
from learning_study.study_folder import Study, StudyFolder
from learning_study.variants import Variant

# PCKh@0.5 of seeds 0, 1, 2.
ACCURACY = {
    ('without_cmb', 10): (50.0, 53.0, 47.0),
    ('without_cmb', 100): (80.0, 81.0, 82.0),
    ('cmb', 10): (60.0, 62.0, 64.0),
    ('cmb', 100): (81.0, 83.0, 82.0),
    ('rtmpose_s', 10): (40.0, 41.0),
}
GROUPS = (
    'Head',
    'Neck',
    'Shoulders',
    'Elbows',
    'Hands',
    'Wrists',
    'Torso',
    'Hips',
    'Knees',
    'Feet',
    'Upper Body',
    'Lower Body',
    'Full Body',
)


def finished(run, value, **more):
    figures = {f'PCKh@0.5/{group}': value + i for i, group in enumerate(GROUPS)}
    return {
        **asdict(run),
        'state': 'finished',
        'motions': False,
        'converged': True,
        'best_iteration': 1000 + 100 * run.seed,
        'train_s': 60.0 * (1 + run.seed),
        'variant_digest': '12e4',
        'parameters': 1690227,
        'multiply_adds': 398786560,
        'device': 'CPU',
        'PCKh@0.5': value,
        'PDJ/average': value / 2,
        'PDJ@0.05': value / 4,
        **figures,
        **more,
    }


@pytest.fixture
def folder(tmp_path):
    """18 planned runs: 14 are finished, one has failed."""
    folder = StudyFolder(tmp_path / 'study')
    variants = {name: Variant(f'{name}.py') for name in ('cmb', 'rtmpose_s', 'without_cmb')}
    folder.begin(
        Study(Settings(), 'data', variants, ['run.py --scale cpu']),
        make_runs(variants, [10, 100], [0, 1, 2]),
    )
    runs = {
        Run(*key, seed): value
        for key, values in ACCURACY.items()
        for seed, value in enumerate(values)
    }
    folder.runs.put(
        *(finished(run, value) for run, value in runs.items()),
        dict(asdict(Run('rtmpose_s', 10, 2)), state='failed', error='ValueError: <broken>'),
    )
    folder.curves.put(
        *(
            {**asdict(run), 'iteration': i, 'PCKh@0.5': value - 1600 / i}
            for run, value in runs.items()
            for i in (800, 1600)
        )
    )
    return folder


def cells(text):
    return [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in text.splitlines()
        if line.startswith('|')
    ]


def report(folder, choice=None):
    write_report(folder, choice or folder.states())
    return [(folder.root / f'report.{kind}').read_text() for kind in ('md', 'html')]


def test_the_main_tables(folder):
    rows = cells(report(folder)[0])
    assert ['PCKh@0.5, all joints', '10 %', '100 %'] in rows
    assert ['CMB', '62.0 ± 2.0 (3)', '82.0 ± 1.0 (3)'] in rows
    assert ['RTMPose-s', '40.5 ± 0.7 (2)', '-'] in rows
    # Seed by seed: 60 - 50, 62 - 53, 64 - 47; two seeds only: 20, 21.
    at = rows.index(['CMB minus', '10 %', '100 %'])
    assert rows[at + 2 : at + 4] == [
        ['w/o CMB', '+12.0 ± 4.4 (3)', '+1.0 ± 1.0 (3)'],
        ['RTMPose-s', '+20.5 ± 0.7 (2)', '-'],
    ]
    assert ['CMB', '1100 ± 100 (3)', '1100 ± 100 (3)'] in rows
    # 1, 2, 3 minutes for seeds 0, 1, 2; two fractions.
    assert ['CMB', '1.69', '0.399', '2.0 ± 0.9 (6)'] in rows


def test_means_are_those_of_the_rows(folder):
    rows = cells(report(folder)[0])
    # rtmpose_s has finished no run on all frames.
    at = rows.index(['Group', 'w/o CMB', 'CMB', 'RTMPose-s'])
    assert [row[0] for row in rows[at + 2 : at + 16]] == [*GROUPS, 'PDJ@0.05']
    for i, row in enumerate(rows[at + 2 : at + 15]):
        for cell, name in zip(row[1:], ('without_cmb', 'cmb', 'rtmpose_s')):
            values = [value + i for value in ACCURACY[name, 10]]
            assert cell == (f'{mean(values):.1f} ± {stdev(values):.1f} ({len(values)})')


def test_runs_are_compared_after_equal_trainings(folder):
    """One run went on for longer than the others."""
    longer = {**asdict(Run('cmb', 10, 0)), 'iteration': 2400, 'PCKh@0.5': 90.0}
    folder.curves.put(longer)
    rows = cells(report(folder)[0])
    at = rows.index(['PCKh@0.5, validation', '10 %', '100 %'])
    assert rows[at + 2 : at + 4] == [
        ['w/o CMB', '49.0 ± 3.0 (3)', '80.0 ± 1.0 (3)'],
        ['CMB', '61.0 ± 2.0 (3)', '81.0 ± 1.0 (3)'],
    ]


def test_regularisations_are_rows_of_their_own(folder):
    for name, value in (('cmb', 70.0), ('without_cmb', 65.0)):
        run = Run(name, 10, 0, 'weight_decay')
        folder.runs.put(finished(run, value))
    rows = cells(report(folder)[0])
    assert ['CMB, weight decay', '70.0 (1)', '-'] in rows
    assert ['CMB', '62.0 ± 2.0 (3)', '82.0 ± 1.0 (3)'] in rows
    # Each is compared with its like.
    assert ['w/o CMB, weight decay', '+5.0 (1)', '-'] in rows


def test_each_sides_best_regularisation_beside_the_others(folder):
    for seed, value in enumerate((65.0, 67.0)):
        folder.runs.put(finished(Run('with_convs', 10, seed, 'weight_decay'), value))
    # 60 - 65 and 62 - 67.
    assert ['w/ Convs, weight decay', '-5.0 ± 0.0 (2)', '-'] in cells(report(folder)[0])


def test_what_is_missing_and_what_is_doubtful_is_said(folder):
    text, html = report(folder)
    assert '14 of 18 runs are finished' in text
    assert 'The study is not complete' in html
    assert ['rtmpose_s', '10', '2', 'none', 'failed', 'ValueError: <broken>'] in cells(text)
    assert 'ValueError: &lt;broken&gt;' in html and 'to come' in html
    assert 'was changed' not in text and 'of motions' not in text
    assert 'at the cap' not in text
    folder.runs.put(
        finished(Run('cmb', 10, 0), 60.0, converged=False),
        finished(Run('cmb', 10, 1), 62.0, variant_digest='13e4'),
        *(finished(Run('without_cmb', 10, seed), 50.0, motions=True) for seed in range(3)),
    )
    text, html = report(folder)
    for page in (text, html):
        assert 'CMB: its config was changed between the runs (2 ver' in page
        assert 'w/o CMB: trained and tested on frames of motions' in page
        assert '1 of 14 runs ended at the cap of the iterations' in page


def test_the_page_needs_nothing_from_elsewhere(folder):
    html = report(folder)[1]
    assert not re.search(r'(src|href)="(?!#)', html)
    assert '<script' not in html and '@import' not in html
    # Figure 6, and the trainings' courses.
    assert html.count('<svg') == 2 and 'RTMPose-s' in html
    assert 'run.py --scale cpu' in html and '<dd>2700</dd>' in html


def test_a_part_and_nothing(folder):
    states = folder.states()
    part = {run: states[run] for run in states if run.seed == 0}
    text = report(folder, part)[0]
    assert '5 of 6 runs are finished' in text
    assert ['CMB', '60.0 (1)', '81.0 (1)'] in cells(text)
    folder.runs.path.unlink()
    folder.begin(folder.study(), make_runs(['cmb'], [10], [0]))
    assert '0 of 1 runs are finished' in report(folder)[0]


def test_the_readme_has_the_tables_of_the_results():
    results = Path(tables.__file__).parent / 'results'
    printed = tables.tables(results)
    readme = cells((results.parent / 'README.md').read_text())
    assert len(cells(printed)) > 60
    for row in cells(printed):
        assert row in readme or set(''.join(row)) <= set('-: '), row
    # Worked out here: one cell of the first table.
    rows = (results / 'runs.csv').read_text().splitlines()
    column = rows[0].split(',').index('PCKh@0.5')
    begins = re.compile(r'cmb,2,\d,decay_and_augmentation,')
    values = [float(row.split(',')[column]) for row in rows if begins.match(row)]
    assert len(values) == 3
    assert f'| {mean(values):.1f} ± {stdev(values):.1f} ({len(values)}) |' in printed
