"""The report's sections of figures: tables and plots."""
from html import escape
from typing import List, Optional

import numpy as np

from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.paths import config_path

from .figures import efficiency_curve, learning_curves
from .html_parts import figure, table
from .plan import title
from .study_folder import StudyFolder, read_json
from .summary import ACCURACY, REFERENCE, Spread, Study, overlap, spread

PDJ_KEYS = ('PDJ@0.05', 'PDJ@0.10', 'PDJ@0.15', 'PDJ@0.20', 'PDJ/average')
BODY_GROUPS = ('Upper Body', 'Lower Body', 'Full Body')
NOTHING = '<span class="dev">-</span>'


def show(value: Optional[Spread], digits: int = 1) -> str:
    """``92.4 ± 0.3`` as HTML; a dash for nothing."""
    if value is None:
        return NOTHING
    text = f'{value.mean:.{digits}f}'
    if np.isnan(value.deviation):
        return text
    return (f'{text} <span class="dev">&plusmn; {value.deviation:.{digits}f}'
            '</span>')


def gaps(study: Study) -> str:
    """How far the reference is ahead of each other variant."""
    reference = REFERENCE if REFERENCE in study.variants else \
        study.variants[0]
    others = [name for name in study.variants if name != reference]
    rows, sections = [], []
    for other in others:
        for fraction in study.asked.fractions:
            ours = study.spread(reference, fraction)
            theirs = study.spread(other, fraction)
            if ours is None or theirs is None:
                continue
            begins = not sections or sections[-1][1] != other
            if begins:
                sections.append((len(rows), other))
            paired = list(study.gaps(reference, other, fraction).values())
            # Adding zero makes -0.0 a plain 0.0.
            gap = round(ours.mean - theirs.mean, 1) + 0.
            rows.append((escape(title(other)) if begins else '',
                         f'{fraction} %', show(theirs), show(ours),
                         f'{gap:+.1f}',
                         show(spread(paired)), f'{theirs.count}, {ours.count}',
                         _overlap_word(ours, theirs)))
    if not rows:
        return ''
    name = title(reference)
    header = ('beside', 'frames', 'its ' + ACCURACY, f'{name}', 'gap',
              'gap seed by seed', 'seeds', 'deviations')
    return (f'<h2>How far {escape(name)} is ahead</h2>'
            f'<p class="note">{ACCURACY} of all joints, mean &plusmn; '
            'standard deviation over the seeds. The gap is the difference of '
            'the means in percentage points; &ldquo;seed by seed&rdquo; '
            'pairs runs of one seed. Deviations overlap when the two '
            'intervals mean &plusmn; standard deviation share a point.</p>'
            f'{table(header, rows, totals=[row for row, _ in sections[1:]])}')


def _overlap_word(a: Spread, b: Spread) -> str:
    overlapping = overlap(a, b)
    if overlapping is None:
        return 'one seed: none'
    return 'overlap' if overlapping else 'apart'


def accuracy_curve(study: Study) -> str:
    """Figure 6."""
    return '<h2>Accuracy against the amount of data (Figure 6)</h2>' + figure(
        efficiency_curve(study),
        f'{ACCURACY} of all joints on unseen synthetic frames; bars: '
        'standard deviation over the seeds. Points are moved sideways a '
        'little so that the bars can be told apart.')


def _groups() -> List[str]:
    """Table 6's rows, in its order."""
    info = parse_depth_metainfo(
        dict(from_file=config_path('_base_/datasets/k2hpd.py')))
    return list(info['joint_groups'])


def accuracy_tables(study: Study) -> str:
    """Table 6, one for each fraction."""
    parts = [
        f'<h2>{ACCURACY} by group of joints (Table 6)</h2><p class="note">'
        'Percent, mean &plusmn; standard deviation over the seeds; the best '
        'mean of a row is bold.</p>'
    ]
    for fraction in reversed(study.asked.fractions):
        variants = [v for v in study.variants if study.of(v, fraction)]
        if not variants:
            continue
        groups = _groups()
        rows = [[escape(group)] + _bold_best(
            [study.spread(v, fraction, f'{ACCURACY}/{group}')
             for v in variants]) for group in groups]
        rows.append(['Seeds'] +
                    [str(len(study.of(v, fraction))) for v in variants])
        parts.append(f'<h3>{fraction} % of the frames</h3>' + table(
            ('Group', *(title(v) for v in variants)), rows,
            totals=[groups.index(BODY_GROUPS[0]), len(groups)]))
    return ''.join(parts)


def pdj_tables(study: Study) -> str:
    """PDJ at each threshold, one table for each fraction."""
    parts = [
        '<h2>PDJ</h2><p class="note">All joints, percent. The torso is the '
        'distance of left shoulder and right hip. Groups of joints are in '
        '<code>runs.csv</code>.</p>'
    ]
    for fraction in reversed(study.asked.fractions):
        variants = [v for v in study.variants if study.of(v, fraction)]
        if not variants:
            continue
        rows = [[key.replace('PDJ/average', 'average')] + _bold_best(
            [study.spread(v, fraction, key) for v in variants])
                for key in PDJ_KEYS]
        parts.append(f'<h3>{fraction} % of the frames</h3>' + table(
            ('Threshold', *(title(v) for v in variants)), rows,
            totals=[len(PDJ_KEYS) - 1]))
    return ''.join(parts)


def _bold_best(values: List[Optional[Spread]]) -> List[str]:
    means = [value.mean for value in values if value]
    return [
        f'<b>{show(value)}</b>' if value and len(means) > 1
        and value.mean == max(means) else show(value) for value in values
    ]


def curves(study: Study) -> str:
    """Accuracy during the trainings; empty where there was one test."""
    svg = learning_curves(study)
    if svg is None:
        return ''
    return '<h2>Accuracy during the training</h2>' + figure(
        svg, f'{ACCURACY} of all joints on the test frames; bands: standard '
        'deviation over the seeds. All points are in '
        '<code>curves.csv</code>.')


def costs(folder: StudyFolder, study: Study) -> str:
    """Table 5."""
    measured = read_json(folder.costs_file) or dict(networks={})
    rows = []
    for variant in study.variants:
        network = measured['networks'].get(variant)
        runs = [
            r for run, r in study.results.items() if run.variant == variant
        ]
        if not runs and network is None:
            continue
        figures = [NOTHING] * 4 if network is None else [
            f'{network["parameters"] / 1e6:.2f}', f'{network["size_mb"]:.1f}',
            f'{network["multiply_adds"] / 1e9:.3f}',
            f'{network["time_ms"]:.1f}'
        ]
        minutes = spread([r['train_s'] / 60 for r in runs])
        speed = spread([r['iterations_per_s'] for r in runs])
        rows.append([
            escape(title(variant)), *figures,
            show(minutes), show(speed, digits=2)
        ])
    if not rows:
        return ''
    header = ('Network', 'parameters, M', 'size, MB', 'multiply-adds, G',
              'time, ms', 'training of a run, min', 'iterations/s')
    note = ('The time of a training includes loading the frames, not the '
            'tests; runs that shared a machine slowed each other down.')
    if measured['networks']:
        machine = measured['machine']
        note = (
            f'Input {measured["input_px"]} x {measured["input_px"]}. Size: the '
            'file of weights and buffers, MB of 2<sup>20</sup> bytes. '
            'Multiply-adds of convolutions and matrix products for one '
            'frame; the paper counts them as FLOPs. Time: PyTorch, one frame '
            'through the network without flip test and decoding, median of '
            f'{measured["repetitions"]} taken in turns, on '
            f'{escape(machine["device"])} ({escape(machine["processor"])}, '
            f'{measured["threads"]} threads), {measured["finished"]}. {note}')
    return (f'<h2>Size, multiply-adds and time (Table 5)</h2>'
            f'{table(header, rows)}<p class="note">{note}</p>')


def real(study: Study) -> str:
    """Accuracy on real frames; empty where there were none."""
    if not any('real_frames' in result for result in study.results.values()):
        return ''
    variants = [
        v for v in study.variants
        if any(study.spread(v, f, part='real_frames')
               for f in study.asked.fractions)
    ]
    rows = [[f'{fraction} %'] + _bold_best(
        [study.spread(v, fraction, part='real_frames') for v in variants])
            for fraction in study.asked.fractions]
    return ('<h2>Real frames</h2><p>A few real ITOP frames that no network '
            f'was trained on; {ACCURACY} of 15 joints. For orientation: they '
            'are few, their scale is an estimate, and this is no result on '
            'the ITOP benchmark.</p>' +
            table(('Training frames', *(title(v) for v in variants)), rows) +
            figure(
                efficiency_curve(study, part='real_frames'),
                f'{ACCURACY} on the real frames; bars: standard deviation '
                'over the seeds.'))
