"""The report of a study: one HTML page, and CSV files of all figures."""
import time
from html import escape
from typing import List, Optional

from mmpose_cmb.synthesis.whole_files import write_whole

from .html_parts import page, table
from .plan import title
from .report_sections import (accuracy_curve, accuracy_tables, costs, curves,
                              gaps, pdj_tables, real)
from .run_config import AUGMENTATION
from .settings import Settings
from .short_report import short_report
from .study_folder import StudyFolder
from .summary import (ACCURACY, FINISHED, Study, collect, write_csv,
                      write_curves)


def write_report(folder: StudyFolder, study: Optional[Study] = None) -> None:
    """Write ``report.html``, ``report.md``, ``runs.csv``, ``curves.csv``.

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
            gaps(study),
            accuracy_curve(study),
            accuracy_tables(study),
            pdj_tables(study),
            curves(study),
            costs(folder, study),
            real(study)
        ] if study.results else []),
        _missing(study),
        _words(settings)
    ]
    html = page('Does the memory help to learn from less data?',
                '\n'.join(sections))
    write_whole(folder.report_file, html.encode('utf-8'))
    write_whole(folder.short_report_file,
                short_report(folder, study).encode('utf-8'))


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
        ('optimiser', f'Adam; {optimiser}'),
        ('learning rate', _rates(folder, study)),
        ('arithmetic of the training', 'bfloat16 (weights, memory and '
         'optimiser float32)' if settings.bf16 else 'float32'),
        ('ratio limit r', f'1, from iteration {settings.ratio_switch:,} on 3'),
    ]
    rows += _machine_rows(study)
    commands = '\n'.join(escape(c) for c in folder.study()['commands'])
    return (f'<h2>The scale</h2>{table((), rows, css="words")}'
            f'<pre><code>{commands}</code></pre>')


def _rates(folder: StudyFolder, study: Study) -> str:
    """The learning rate, or which variant has which."""
    names_of: dict = {}
    for name in study.variants:
        rate = folder.settings_of(name).learning_rate
        names_of.setdefault(rate, []).append(escape(title(name)))
    if len(names_of) == 1:
        return f'{next(iter(names_of)):g}, the same for all variants'
    return '; '.join(f'{rate:g} for {", ".join(names)}'
                     for rate, names in sorted(names_of.items()))


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
