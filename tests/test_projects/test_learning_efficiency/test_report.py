"""Figures of finished runs against figures worked out here."""
import csv
import re
from statistics import mean, stdev

import pytest
from learning_study.figures import efficiency_curve
from learning_study.plan import Run
from learning_study.report import write_report
from learning_study.settings import make_settings
from learning_study.study_folder import Asked, StudyFolder, write_json
from learning_study.summary import Spread, collect, overlap, spread

VARIANTS = dict(without_cmb='a.py', cmb='b.py', rtmpose_s='c.py')
# PCKh@0.5 of seeds 0, 1, 2.
ACCURACY = {
    ('without_cmb', 10): (50., 53., 47.),
    ('without_cmb', 100): (80., 81., 82.),
    ('cmb', 10): (60., 62., 64.),
    ('cmb', 100): (81., 83., 82.),
    ('rtmpose_s', 10): (40., 41.),
}
GROUPS = ('Head', 'Neck', 'Shoulders', 'Elbows', 'Hands', 'Wrists', 'Torso',
          'Hips', 'Knees', 'Feet', 'Upper Body', 'Lower Body', 'Full Body')


def result(run, value):
    metrics = {'PCKh@0.5': value}
    metrics.update({
        f'PCKh@0.5/{group}': value + i
        for i, group in enumerate(GROUPS)
    })
    for key in ('PDJ@0.05', 'PDJ@0.10', 'PDJ@0.15', 'PDJ@0.20'):
        metrics[key] = value / 2
    metrics['PDJ/average'] = value / 2
    return dict(
        run=run._asdict(),
        train_frames=270,
        motions=False,
        iterations=800,
        passes=47.4,
        metrics=metrics,
        curve=[{'iteration': 400, 'PCKh@0.5': value - 10},
               {'iteration': 800, 'PCKh@0.5': value}],
        train_s=60. * (1 + run.seed),
        iterations_per_s=800 / (60. * (1 + run.seed)),
        threads=1,
        variant_digest='abc',
        machine=dict(processor='p', device='CPU', torch='2.0'),
        finished='2026-01-01 00:00')


@pytest.fixture
def folder(tmp_path):
    """18 planned runs: 14 are finished, one has failed."""
    folder = StudyFolder(tmp_path / 'study')
    folder.begin(
        make_settings('cpu'), Asked(VARIANTS, [10, 100], [0, 1, 2]),
        tmp_path / 'data', ['python', 'run.py', '--scale', 'cpu'])
    for (variant, fraction), values in ACCURACY.items():
        for seed, value in enumerate(values):
            run = Run(variant, fraction, seed)
            write_json(folder.result_file(run), result(run, value))
    write_json(
        folder.error_file(Run('rtmpose_s', 10, 2)),
        dict(message='ValueError: <broken>'))
    return folder


def cells(html, heading):
    """Rows of the first table below a heading, as text."""
    body = html[html.index(heading):]
    table = body[body.index('<table'):body.index('</table>')]
    return [[
        re.sub('<.*?>', '', cell).replace('&plusmn;', '±').strip()
        for cell in re.findall('<t[dh]>(.*?)</t[dh]>', row)
    ] for row in re.findall('<tr.*?>(.*?)</tr>', table)]


def test_means_are_those_of_the_csv(folder):
    write_report(folder)
    with open(folder.csv_file, newline='') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 18
    html = folder.report_file.read_text()
    table = cells(html, '10 % of the frames</h3>')
    assert table[0] == ['Group', 'w/o CMB', 'CMB', 'RTMPose-s']
    assert [row[0] for row in table[1:]] == [*GROUPS, 'Seeds']
    assert table[-1][1:] == ['3', '3', '2']
    for row in table[1:-1]:
        for column, variant in enumerate(VARIANTS, 1):
            values = [
                float(line[f'PCKh@0.5/{row[0]}']) for line in rows
                if line['variant'] == variant and line['fraction'] == '10'
                and line['state'] == 'finished'
            ]
            assert row[column] == f'{mean(values):.1f} ± {stdev(values):.1f}'
    assert '<b>62.0 ' in html


def test_the_gap_and_whether_deviations_overlap(folder):
    write_report(folder)
    html = folder.report_file.read_text()
    rows = cells(html, 'How far CMB is ahead')
    assert rows[0][-1] == 'deviations'
    # Means 50 and 62, deviations 3 and 2: 53 < 60. Pairs: 10, 9, 17.
    assert rows[1] == [
        'w/o CMB', '10 %', '50.0 ± 3.0', '62.0 ± 2.0', '+12.0', '12.0 ± 4.4',
        '3, 3', 'apart'
    ]
    # 81 and 82 with deviations of 1 each.
    assert rows[2][-1] == 'overlap' and rows[2][4] == '+1.0'
    # Two seeds only: pairs 20 and 21.
    assert rows[3][0] == 'RTMPose-s'
    assert rows[3][5:7] == ['20.5 ± 0.7', '2, 3']
    assert len(rows) == 4


def test_what_is_missing_is_said(folder):
    write_report(folder)
    html = folder.report_file.read_text()
    assert '14 of 18 runs are finished' in html
    assert 'The study is not complete' in html
    rows = cells(html, '<h2>What is missing')
    assert ['RTMPose-s', '10 %', 'failed', '2',
            'ValueError: &lt;broken&gt;'] in rows
    assert ['RTMPose-s', '100 %', 'to come', '0, 1, 2', ''] in rows
    states = list(collect(folder, folder.asked()).states.values())
    assert states.count('failed') == 1 and states.count('to come') == 3


def test_the_page_needs_nothing_from_elsewhere(folder):
    write_report(folder)
    html = folder.report_file.read_text()
    assert not re.search(r'(src|href)="(?!#)', html)
    assert '<script' not in html and '@import' not in html
    assert html.count('<svg') == 2
    for text in ('64 x 64 pixels', '1,600 iterations of 16', '2,700',
                 'python run.py --scale cpu', 'one step of the optimiser'):
        assert text in html, text


def test_the_plot_draws_means_and_deviations(folder):
    svg = efficiency_curve(collect(folder, folder.asked()))
    assert 'w/o CMB' in svg and 'RTMPose-s' in svg
    assert 'training frames used, percent' in svg


def test_a_changed_config_is_noticed(folder):
    run = Run('cmb', 10, 1)
    write_json(
        folder.result_file(run),
        dict(result(run, 62.), variant_digest='def'))
    write_report(folder)
    html = folder.report_file.read_text()
    assert 'its config was changed between the runs (2 versions)' in html


def test_variants_with_other_frames_are_named(folder):
    write_report(folder)
    assert 'frames of motions' not in folder.report_file.read_text()
    for seed, value in enumerate(ACCURACY['without_cmb', 10]):
        run = Run('without_cmb', 10, seed)
        write_json(
            folder.result_file(run), dict(result(run, value), motions=True))
    write_report(folder)
    html = folder.report_file.read_text()
    assert '<b>w/o CMB</b>: trained and tested on frames of motions' in html


def test_a_report_of_nothing(tmp_path):
    folder = StudyFolder(tmp_path)
    folder.begin(make_settings('toy'), Asked(VARIANTS, [10], [0]), tmp_path,
                 ['python', 'run.py'])
    write_report(folder)
    assert '0 of 3 runs are finished' in folder.report_file.read_text()


def test_spread_and_overlap():
    assert spread([]) is None
    two = spread([1., 3.])
    assert (two.mean, two.deviation, two.count) == (2., 2**0.5, 2)
    one = spread([4.])
    assert one.mean == 4. and one.deviation != one.deviation
    assert overlap(Spread(1., 1., 3), Spread(4., 2., 3)) is True
    assert overlap(Spread(1., 1., 3), Spread(4.1, 2., 3)) is False
    assert overlap(one, two) is None


def test_a_study_keeps_its_settings(folder, tmp_path):
    data, command = tmp_path / 'data', ['python', 'run.py']
    wider = Asked(dict(half_memory='d.py'), [50], [3])
    folder.begin(make_settings('cpu'), wider, data, command)
    assert list(folder.asked().variants) == [*VARIANTS, 'half_memory']
    assert folder.asked().fractions == [10, 50, 100]
    assert folder.asked().seeds == [0, 1, 2, 3]
    with pytest.raises(ValueError, match='iterations was 1600, is 800'):
        folder.begin(
            make_settings('cpu', iterations=800), wider, data, command)
    with pytest.raises(ValueError, match='variant cmb was b.py, is e.py'):
        folder.begin(
            make_settings('cpu'), Asked(dict(cmb='e.py'), [10], [0]), data,
            command)


def test_a_variant_has_a_learning_rate_of_its_own(tmp_path):
    folder, settings = StudyFolder(tmp_path), make_settings('toy')
    asked = Asked(VARIANTS, [10], [0], dict(cmb=0.002))
    folder.begin(settings, asked, tmp_path, ['python', 'run.py'])
    assert folder.settings_of('cmb').learning_rate == 0.002
    assert folder.settings_of('rtmpose_s').learning_rate == 0.001
    write_report(folder)
    assert ('0.001 for w/o CMB, RTMPose-s; 0.002 for CMB'
            in folder.report_file.read_text())
    # Another variant joins; the first ones keep theirs.
    more = Asked(dict(half_memory='d.py'), [10], [0], dict(half_memory=0.004))
    folder.begin(settings, more, tmp_path, ['python', 'run.py'])
    assert folder.settings_of('cmb').learning_rate == 0.002
    assert folder.settings_of('half_memory').learning_rate == 0.004
    with pytest.raises(ValueError, match='of cmb was 0.002, is 0.001'):
        folder.begin(settings, Asked(VARIANTS, [10], [0]), tmp_path, ['a'])


def test_the_short_report(folder):
    write_report(folder)
    text = folder.short_report_file.read_text()
    rows = [[cell.strip() for cell in line.strip('|').split('|')]
            for line in text.splitlines() if line.startswith('|')]
    assert ['CMB', '62.0 ± 2.0 (3)', '82.0 ± 1.0 (3)'] in rows
    assert ['RTMPose-s', '40.5 ± 0.7 (2)', '-'] in rows
    # 60 - 50, 62 - 53, 64 - 47.
    assert ['w/o CMB', '+12.0 ± 4.4 (3)', '+1.0 ± 1.0 (3)'] in rows
    # 1, 2, 3 minutes for seeds 0, 1, 2; two fractions.
    assert ['CMB', '-', '-', '-', '2.0 ± 0.9 (6)'] in rows
    assert 'real frames' not in text
