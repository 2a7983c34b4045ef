"""The files of a study."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Dict, List, Sequence

import pandas as pd
from filelock import FileLock, Timeout

from mmpose_cmb.io import write_json

from .csv_table import CsvTable
from .plan import RUN, Run
from .settings import Settings
from .variants import Variant

FINISHED = 'finished'
WEIGHTS = 'weights.pth'
CONFIG = 'config.py'


@dataclass
class Study:
    """What a study was begun with: ``study.json``.

    ``data`` is the folder of the single frames. More variants may join.
    """

    settings: Settings
    data: str
    variants: Dict[str, Variant]
    commands: List[str]

    def settings_of(self, variant: str) -> Settings:
        """The settings with the variant's own learning rate."""
        rate = self.variants[variant].learning_rate
        return replace(self.settings, learning_rate=rate or self.settings.learning_rate)

    def fixed(self) -> Dict[str, object]:
        """What must not change between commands, by its name."""
        return dict(
            asdict(self.settings),
            data=self.data,
            **{
                f'{key} of {name}': value
                for name, variant in self.variants.items()
                for key, value in asdict(variant).items()
            },
        )


class StudyFolder:
    """Where a study's files lie.

    ``study.json`` says what it was begun with, ``runs.csv`` has a row a run,
    ``curves.csv`` a row a test during a training, ``robustness.csv`` a row a
    run and condition. ``runs/VARIANT/FRACTION_seedS`` is a run's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.runs = CsvTable(self.root / 'runs.csv', RUN)
        self.curves = CsvTable(self.root / 'curves.csv', [*RUN, 'iteration'])
        self.robustness = CsvTable(self.root / 'robustness.csv', [*RUN, 'condition'])

    def study(self) -> Study:
        """What the study was begun with.

        Raises:
            FileNotFoundError: If there is no study in the folder.
        """
        file = self.root / 'study.json'
        if not file.is_file():
            raise FileNotFoundError(f'there is no study in {self.root}: {file} is missing')
        study = json.loads(file.read_text(encoding='utf-8'))
        variants = {n: Variant(**v) for n, v in study['variants'].items()}
        return Study(Settings(**study['settings']), study['data'], variants, study['commands'])

    def begin(self, study: Study, runs: Sequence[Run]) -> None:
        """Begin the study, or go on with it and perhaps widen it.

        Raises:
            ValueError: If the folder holds a study with other settings.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        file = self.root / 'study.json'
        with FileLock(self.root / '.study.json.lock'):
            if file.is_file():
                before = self.study()
                was, now = before.fixed(), study.fixed()
                different = [
                    f'{name} was {was[name]}, is {now[name]}'
                    for name in was
                    if was[name] != now.get(name, was[name])
                ]
                if different:
                    raise ValueError(
                        f'{self.root} was begun with other settings: '
                        f'{"; ".join(different)}. Runs of different settings '
                        'cannot be compared: choose another --out.'
                    )
                study.variants = {**before.variants, **study.variants}
                study.commands = [*dict.fromkeys(before.commands + study.commands)]
            write_json(file, asdict(study), indent=1)
            known = self.states()
            self.runs.put(
                *(dict(asdict(run), state='to come') for run in runs if run not in known)
            )

    def states(self) -> Dict[Run, str]:
        """'finished', 'failed' or 'to come', of every run asked for."""
        rows = self.runs.read()
        return dict(zip(runs_of(rows), rows.get('state', ())))

    def rows_of(self, run: Run, table: CsvTable) -> pd.DataFrame:
        """A run's rows of a table."""
        rows = table.read()
        return rows[is_of(rows, run)]

    def run_dir(self, run: Run) -> Path:
        """The folder of a run."""
        return self.root / 'runs' / str(run)

    def claim(self, run: Run) -> FileLock:
        """The lock of whoever does a run; it ends with its process."""
        self.run_dir(run).mkdir(parents=True, exist_ok=True)
        return FileLock(self.run_dir(run) / '.claim')

    def is_claimed(self, run: Run) -> bool:
        """Whether a living process is doing a run."""
        try:
            with self.claim(run).acquire(blocking=False):
                return False
        except Timeout:
            return True


def runs_of(rows: pd.DataFrame) -> List[Run]:
    """The run of each row of a table."""
    return [Run(*key) for key in rows[RUN].itertuples(index=False)]


def is_of(rows: pd.DataFrame, run: Run) -> pd.Series:
    """Which rows of a table are of a run."""
    return (rows[RUN] == list(asdict(run).values())).all(axis=1)
