"""The report of a study: one HTML page, and CSV files of all figures."""
import time
from html import escape
from typing import List, Optional

import numpy as np

from mmpose_cmb.datasets.dataset_info import config_path, parse_depth_metainfo
from mmpose_cmb.synthesis.whole_files import write_whole

from .figures import efficiency_curve, learning_curves
from .html_parts import figure, page, table
from .plan import iterations_of, title
from .run_config import AUGMENTATION
from .settings import Settings
from .study_folder import StudyFolder, read_json
from .summary import (ACCURACY, FINISHED, REFERENCE, Spread, Study, collect, overlap,
                      spread, write_csv, write_curves)

PDJ_KEYS = ('PDJ@0.05', 'PDJ@0.10', 'PDJ@0.15', 'PDJ@0.20', 'PDJ/average')
BODY_GROUPS = ('Upper Body', 'Lower Body', 'Full Body')
NOTHING = '<span class="dev">-</span>'


def write_report(folder: StudyFolder, study: Optional[Study] = None) -> None:
    """Write ``report.html``, ``runs.csv`` and ``curves.csv``.

    Args:
        folder (StudyFolder): The study.
        study (Study, optional): The part of it to report. Defaults to None:
            all that was asked for.
    """
    study = study or collect(folder, folder.asked())
    write_csv(study, folder.csv_file)
    write_curves(study, folder.curves_file)
    settings = folder.settings()
    sections = [
        _lead(study, settings),
        _scale(folder, study, settings),
        _motions(study),
        *([
            _gaps(study),
            _accuracy_curve(study),
            _accuracy_tables(study),
            _pdj_tables(study),
            _curves(study),
            _costs(folder, study),
            _real(study)
        ] if study.results else []),
        _missing(study),
        _words(settings)
    ]
    html = page('Does the memory help to learn from less data?',
                '\n'.join(sections))
    write_whole(folder.report_file, html.encode('utf-8'))


def show(value: Optional[Spread], digits: int = 1) -> str:
    """``92.4 ± 0.3`` as HTML; a dash for nothing."""
    if value is None:
        return NOTHING
    text = f'{value.mean:.{digits}f}'
    if np.isnan(value.deviation):
        return text
    return (f'{text} <span class="dev">&plusmn; {value.deviation:.{digits}f}'
            '</span>')


def _lead(study: Study, settings: Settings) -> str:
    finished = len(study.results)
    total = len(study.states)
    text = (f'{finished} of {total} runs are finished: '
            f'{len(study.variants)} variants, '
            f'{_listed(study.asked.fractions)} % of '
            f'{settings.train_frames:,} synthetic training frames, seeds '
            f'{_listed(study.asked.seeds)}. '
            f'Tested on {settings.test_frames:,} synthetic frames of other '
            'people, poses and rooms.')
    if finished < total:
        text += (' <b>The study is not complete:</b> see &ldquo;What is '
                 'missing&rdquo; below.')
    return (f'<p>{text}</p><p class="note">Written '
            f'{time.strftime("%Y-%m-%d %H:%M")}.</p>')


def _scale(folder: StudyFolder, study: Study, settings: Settings) -> str:
    optimiser = dict(
        cosine='warm-up, then a cosine down to zero',
        paper='times 0.95 every 1,000 iterations')[settings.schedule]
    budget = (f'{settings.iterations:,} iterations of {settings.batch_size} '
              'frames')
    budget += (' on the whole set, fewer on a subset (as many passes)'
               if settings.same_epochs else ', the same for every fraction')
    rows = [
        ('preset', escape(settings.scale)),
        ('input', f'{settings.input_px} x {settings.input_px} pixels'),
        ('frames', f'{settings.train_frames:,} to train, '
         f'{settings.test_frames:,} to test, data seed {settings.data_seed}'),
        ('subsets', 'random and nested, ' +
         ('drawn anew for each seed'
          if settings.resample_subsets else 'the same for every seed')),
        ('a run', budget),
        ('augmentation', _augmentation()),
        ('optimiser', f'Adam, learning rate {settings.learning_rate:g}, '
         f'{optimiser}; the same for all variants'),
        ('ratio limit r', f'1, from iteration {settings.ratio_switch:,} on 3'),
    ]
    rows += _machine_rows(study)
    commands = '\n'.join(escape(c) for c in folder.study()['commands'])
    return (f'<h2>The scale</h2>{table((), rows, css="words")}'
            f'<pre><code>{commands}</code></pre>')


def _augmentation() -> str:
    box = AUGMENTATION[1]
    low, high = box['scale_factor']
    return ('mirrored or not, shifted by up to '
            f'{100 * box["shift_factor"]:g} % of the box, scaled by {low:g} '
            f'to {high:g}, turned by up to {box["rotate_factor"]:g} degrees; '
            'the same for all variants')


def _machine_rows(study: Study) -> List[tuple]:
    results = list(study.results.values())
    if not results:
        return []
    rows = []
    for name in results[0]['machine']:
        values = sorted({r['machine'].get(name, '-') for r in results})
        rows.append((escape(name.replace('_', ' ')),
                     escape('; '.join(values))))
    finished = sorted(r['finished'] for r in results)
    hours = sum(r['train_s'] for r in results) / 3600
    rows.append(('finished', f'{finished[0]} to {finished[-1]}; '
                 f'{hours:.2f} hours of training, all runs together'))
    return rows


def _gaps(study: Study) -> str:
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


def _accuracy_curve(study: Study) -> str:
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


def _accuracy_tables(study: Study) -> str:
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


def _pdj_tables(study: Study) -> str:
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


def _curves(study: Study) -> str:
    svg = learning_curves(study)
    if svg is None:
        return ''
    return '<h2>Accuracy during the training</h2>' + figure(
        svg, f'{ACCURACY} of all joints on the test frames; bands: standard '
        'deviation over the seeds. All points are in '
        '<code>curves.csv</code>.')


def _costs(folder: StudyFolder, study: Study) -> str:
    costs = read_json(folder.costs_file) or dict(networks={})
    rows = []
    for variant in study.variants:
        network = costs['networks'].get(variant)
        runs = [
            r for run, r in study.results.items() if run.variant == variant
        ]
        if not runs and network is None:
            continue
        measured = [NOTHING] * 4 if network is None else [
            f'{network["parameters"] / 1e6:.2f}', f'{network["size_mb"]:.1f}',
            f'{network["multiply_adds"] / 1e9:.3f}',
            f'{network["time_ms"]:.1f}'
        ]
        minutes = spread([r['train_s'] / 60 for r in runs])
        speed = spread([r['iterations_per_s'] for r in runs])
        rows.append([
            escape(title(variant)), *measured,
            show(minutes), show(speed, digits=2)
        ])
    if not rows:
        return ''
    header = ('Network', 'parameters, M', 'size, MB', 'multiply-adds, G',
              'time, ms', 'training of a run, min', 'iterations/s')
    note = ('The time of a training includes loading the frames, not the '
            'tests; runs that shared a machine slowed each other down.')
    if costs['networks']:
        machine = costs['machine']
        note = (
            f'Input {costs["input_px"]} x {costs["input_px"]}. Size: the file '
            'of weights and buffers, MB of 2<sup>20</sup> bytes. '
            'Multiply-adds of convolutions and matrix products for one '
            'frame; the paper counts them as FLOPs. Time: PyTorch, one frame '
            'through the network without flip test and decoding, median of '
            f'{costs["repetitions"]} taken in turns, on '
            f'{escape(machine["device"])} ({escape(machine["processor"])}, '
            f'{costs["threads"]} threads), {costs["finished"]}. {note}')
    return (f'<h2>Size, multiply-adds and time (Table 5)</h2>'
            f'{table(header, rows)}<p class="note">{note}</p>')


def _real(study: Study) -> str:
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


def _missing(study: Study) -> str:
    open_runs = {
        run: state
        for run, state in study.states.items() if state != FINISHED
    }
    notes = _doubts(study)
    if not open_runs and not notes:
        return '<h2>What is missing</h2><p>Nothing: all runs are finished.</p>'
    parts = ['<h2>What is missing</h2>', *notes]
    if open_runs:
        rows = []
        for variant in study.variants:
            for fraction in study.asked.fractions:
                rows += _open_rows(study, variant, fraction)
        parts.append(
            f'<p>{len(open_runs)} of {len(study.states)} runs have no result '
            'yet.</p>' +
            table(('Variant', 'frames', 'state', 'seeds', ''), rows))
    return ''.join(parts)


def _open_rows(study: Study, variant: str, fraction: int) -> List[list]:
    groups = {}
    for run, state in study.states.items():
        if (run.variant, run.fraction) == (variant, fraction) and \
                state != FINISHED:
            key = (state, study.errors.get(run, ''))
            groups.setdefault(key, []).append(run.seed)
    return [[
        escape(title(variant)), f'{fraction} %', state,
        _listed(sorted(seeds)), escape(message[:200])
    ] for (state, message), seeds in groups.items()]


def _motions(study: Study) -> str:
    """Which variants had other frames than the rest."""
    names = [
        title(variant) for variant in study.variants if any(
            result['motions'] for run, result in study.results.items()
            if run.variant == variant)
    ]
    if not names or len(names) == len(study.variants):
        return ''
    return (f'<p><b>{escape(", ".join(names))}</b>: trained and tested on '
            'frames of motions, as many, but other ones than those of the '
            'rest. To be compared with each other.</p>')


def _doubts(study: Study) -> List[str]:
    """What makes runs of one variant not comparable."""
    notes = []
    for variant in study.variants:
        digests = {
            result['variant_digest']
            for run, result in study.results.items() if run.variant == variant
        }
        if len(digests) > 1:
            notes.append(
                f'<p><b>{escape(title(variant))}:</b> its config was changed '
                f'between the runs ({len(digests)} versions); delete the runs '
                'of the old ones (column <code>variant_digest</code> of '
                '<code>runs.csv</code>).</p>')
    return notes


def _words(settings: Settings) -> str:
    rows = [
        ('CMB', 'convolutional memory block'),
        ('w/o CMB', 'the same network without the blocks'),
        ('w/ Convs', 'the block fed with its input twice, in place of the '
         'memory: as many parameters, no memory'),
        ('w/ ConvGRU, w/ ConvLSTM', 'recurrent units in the block\'s place, '
         'trained on sequences'),
        ('w/ Sequence', 'CMB trained on sequences in their order'),
        ('motions, shuffled', 'CMB trained on single frames of the same '
         'motions'),
        ('w/ Half, w/ Double', 'half and twice the memory\'s channels'),
        ('r', 'how far what is fetched from the memory may differ from the '
         'input: a factor between 1/r and r (equation 2)'),
        (ACCURACY, 'percentage of correct keypoints: a joint is right within '
         'half of the person\'s head segment, the labelled distance of head '
         'and neck'),
        ('PDJ@t', 'percent of detected joints: right within t times the '
         'person\'s torso'),
        ('iteration', f'one step of the optimiser on {settings.batch_size} '
         'frames'),
        ('seed', 'decides the initial weights, the order of the frames and '
         'their augmentation'),
        ('&plusmn;', 'sample standard deviation over the seeds (divided by '
         'n - 1)'),
    ]
    return '<h2>Words</h2>' + table((), rows, css='words')


def _listed(values) -> str:
    return ', '.join(map(str, values))
