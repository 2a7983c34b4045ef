"""The report's main tables as Markdown, to be put into a page of text."""
from typing import List, Optional

import numpy as np
from tabulate import tabulate

from .plan import title
from .study_folder import StudyFolder, read_json
from .summary import ACCURACY, REFERENCE, Spread, Study, spread

NOTHING = '-'


def short_report(folder: StudyFolder, study: Study) -> str:
    """Accuracy, gaps, real frames and costs of every variant.

    Args:
        folder (StudyFolder): For what the networks cost.
        study (Study): The part of it to report.
    """
    settings, fractions = folder.settings(), study.asked.fractions
    variants = [
        v for v in study.variants if any(study.of(v, f) for f in fractions)
    ]
    parts = [
        f'{settings.input_px} x {settings.input_px} pixels, '
        f'{settings.train_frames:,} training frames, '
        f'{settings.test_frames:,} test frames, {settings.iterations:,} '
        f'iterations of {settings.batch_size}. Mean ± standard deviation over '
        'the seeds, whose number is in brackets.'
    ]
    columns = [f'{fraction} %' for fraction in fractions]
    for what, part, key in ((f'{ACCURACY}, all joints', 'metrics', ACCURACY),
                            ('PDJ, average', 'metrics', 'PDJ/average'),
                            (f'{ACCURACY}, real frames', 'real_frames',
                             ACCURACY)):
        rows = [[title(v)] + [
            show(study.spread(v, f, key, part)) for f in fractions
        ] for v in variants]
        if any(cell != NOTHING for row in rows for cell in row[1:]):
            parts.append(_markdown([what, *columns], rows))
    if REFERENCE in variants:
        rows = [[title(v)] + [
            show(spread([*study.gaps(REFERENCE, v, f).values()]), '+')
            for f in fractions
        ] for v in variants if v != REFERENCE]
        parts.append(
            _markdown([f'{title(REFERENCE)} minus', *columns], rows))
    parts.append(_markdown(
        ['', 'parameters, M', 'multiply-adds, G', 'time, ms', 'a run, min'],
        [_cost(folder, study, v) for v in variants]))
    return '\n\n'.join(parts) + '\n'


def show(value: Optional[Spread],
         sign: str = '',
         counted: bool = True) -> str:
    """``92.4 ± 0.3 (5)``; a dash for nothing.

    Args:
        value (Spread, optional): What to show.
        sign (str): '+' for a sign before positive numbers, too.
        counted (bool): Whether the number of repetitions is shown.
    """
    if value is None:
        return NOTHING
    # Adding zero makes -0.0 a plain 0.0.
    text = f'{round(value.mean, 1) + 0.:{sign}.1f}'
    if not np.isnan(value.deviation):
        text += f' ± {value.deviation:.1f}'
    return f'{text} ({value.count})' if counted else text


def _cost(folder: StudyFolder, study: Study, variant: str) -> List[str]:
    networks = (read_json(folder.costs_file) or {}).get('networks', {})
    network = networks.get(variant)
    minutes = spread([
        result['train_s'] / 60 for run, result in study.results.items()
        if run.variant == variant
    ])
    figures = 3 * [NOTHING] if network is None else [
        f'{network["parameters"] / 1e6:.2f}',
        f'{network["multiply_adds"] / 1e9:.3f}', f'{network["time_ms"]:.1f}'
    ]
    return [title(variant), *figures, show(minutes)]


def _markdown(header: List[str], rows: List[List[str]]) -> str:
    return tabulate(rows, header, 'github', disable_numparse=True)
