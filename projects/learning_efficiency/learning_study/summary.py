"""Figures of many runs: means, deviations, gaps."""
import csv
import io
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from mmpose_cmb.synthesis.whole_files import write_whole

from .claims import is_claimed
from .plan import Run
from .study_folder import Asked, StudyFolder

ACCURACY = 'PCKh@0.5'
# The variant that the others are compared with.
REFERENCE = 'cmb'
FINISHED = 'finished'


class Spread(NamedTuple):
    """Mean and sample standard deviation (n - 1) of n repetitions.

    Attributes:
        mean: The mean.
        deviation: NaN for a single repetition.
        count: n.
    """
    mean: float
    deviation: float
    count: int


def spread(values: Sequence[float]) -> Optional[Spread]:
    """Mean and deviation; None of nothing.

    Example:
        >>> spread([1., 2., 3.])
        Spread(mean=2.0, deviation=1.0, count=3)
    """
    if not len(values):
        return None
    deviation = np.std(values, ddof=1) if len(values) > 1 else np.nan
    return Spread(float(np.mean(values)), float(deviation), len(values))


def overlap(a: Spread, b: Spread) -> Optional[bool]:
    """Whether mean +- deviation of both overlap; None where one has none."""
    if np.isnan(a.deviation) or np.isnan(b.deviation):
        return None
    return abs(a.mean - b.mean) <= a.deviation + b.deviation


class Study(NamedTuple):
    """What is known of all runs of a grid.

    Attributes:
        asked: The grid.
        results: Results of the finished runs.
        states: 'finished', 'running', 'failed', 'interrupted' or 'to come',
            of every run.
        errors: Message by failed run.
    """
    asked: Asked
    results: Dict[Run, dict]
    states: Dict[Run, str]
    errors: Dict[Run, str]

    @property
    def variants(self) -> List[str]:
        return list(self.asked.variants)

    def of(self, variant: str, fraction: int) -> Dict[int, dict]:
        """Results by seed."""
        return {
            run.seed: result
            for run, result in self.results.items()
            if (run.variant, run.fraction) == (variant, fraction)
        }

    def spread(self,
               variant: str,
               fraction: int,
               key: str = ACCURACY,
               part: str = 'metrics') -> Optional[Spread]:
        """A figure over the seeds; None where no run has it."""
        values = [
            result[part][key] for result in self.of(variant, fraction).values()
            if key in result.get(part, {})
        ]
        return spread(values)

    def gaps(self, variant: str, other: str,
             fraction: int) -> Dict[int, float]:
        """Accuracy of a variant minus another's, seed by seed."""
        ours, theirs = self.of(variant, fraction), self.of(other, fraction)
        return {
            seed: ours[seed]['metrics'][ACCURACY] -
            theirs[seed]['metrics'][ACCURACY]
            for seed in sorted(ours.keys() & theirs.keys())
        }


def collect(folder: StudyFolder, asked: Asked) -> Study:
    """Read what there is of a grid's runs."""
    results, states, errors = {}, {}, {}
    for run in asked.runs():
        result, error = folder.result(run), folder.error(run)
        if result is not None:
            results[run] = result
            states[run] = FINISHED
        elif is_claimed(folder.run_dir(run)):
            states[run] = 'running'
        elif error is not None:
            states[run] = 'failed'
            errors[run] = error['message']
        else:
            states[run] = 'interrupted' if folder.rounds(run) else 'to come'
    return Study(asked, results, states, errors)


def write_csv(study: Study, path: Path) -> None:
    """One line a run, unfinished ones too: all figures it has."""
    rows = []
    for run in sorted(study.states):
        row = dict(run._asdict(), state=study.states[run])
        result = study.results.get(run)
        if result:
            row.update({
                name: result[name]
                for name in ('train_frames', 'motions', 'iterations', 'passes',
                             'train_s', 'iterations_per_s', 'threads', 'variant_digest',
                             'finished')
            })
            row['device'] = result['machine']['device']
            row.update(result['metrics'])
            row.update({
                f'real/{key}': value
                for key, value in result.get('real_frames', {}).items()
            })
        rows.append(row)
    write_rows(rows, path)


def write_curves(study: Study, path: Path) -> None:
    """One line a test during a training."""
    rows = [
        dict(run._asdict(), **entry) for run in sorted(study.results)
        for entry in study.results[run]['curve']
    ]
    write_rows(rows, path)


def write_rows(rows: Sequence[dict], path: Path) -> None:
    """Write a CSV; each key of any row is a column."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO(newline='')
    writer = csv.DictWriter(buffer, columns)
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, buffer.getvalue().encode())
