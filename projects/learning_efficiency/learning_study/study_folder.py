"""The files of a study."""
import json
import shlex
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

from mmpose_cmb.synthesis.whole_files import write_whole

from .plan import Run, make_runs
from .settings import Settings


class Asked(NamedTuple):
    """The grid that was asked for, over all commands so far.

    Attributes:
        variants: Config path by name, in the order of the tables.
        fractions: Percent.
        seeds: Seeds.
        learning_rates: Of the variants that have one of their own.
    """
    variants: Dict[str, str]
    fractions: List[int]
    seeds: List[int]
    learning_rates: Dict[str, float] = {}

    def runs(self) -> List[Run]:
        """All runs of the grid."""
        return make_runs(list(self.variants), self.fractions, self.seeds)


class StudyFolder:
    """Where a study's files lie.

    ``study.json`` holds the settings, ``runs/VARIANT/FRACTION_seedS`` one
    run each: ``result.json`` when it is finished, ``error.json`` when it has
    failed, ``rounds.json`` with what was measured so far, ``log.txt``, and
    the checkpoints below ``training``.

    Args:
        root (Path): The folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.study_file = self.root / 'study.json'
        self.costs_file = self.root / 'costs.json'
        self.report_file = self.root / 'report.html'
        self.short_report_file = self.root / 'report.md'
        self.csv_file = self.root / 'runs.csv'
        self.curves_file = self.root / 'curves.csv'
        self.default_data = self.root / 'data'

    def run_dir(self, run: Run) -> Path:
        """The folder of a run."""
        return self.root / 'runs' / run.name

    def result_file(self, run: Run) -> Path:
        return self.run_dir(run) / 'result.json'

    def error_file(self, run: Run) -> Path:
        return self.run_dir(run) / 'error.json'

    def rounds_file(self, run: Run) -> Path:
        return self.run_dir(run) / 'rounds.json'

    def result(self, run: Run) -> Optional[dict]:
        """What a finished run has measured; None if it is not finished."""
        return read_json(self.result_file(run))

    def error(self, run: Run) -> Optional[dict]:
        """Why a run failed; None if it did not."""
        return read_json(self.error_file(run))

    def rounds(self, run: Run) -> List[dict]:
        """What a run has measured so far, round by round."""
        return read_json(self.rounds_file(run)) or []

    def begin(self, settings: Settings, asked: Asked, data: Path,
              command: Sequence[str]) -> None:
        """Make the study, or go on with it and perhaps widen its grid.

        Raises:
            ValueError: If the folder holds a study with other settings, or
                another config under the same name.
        """
        before = read_json(self.study_file)
        if before is None:
            before = dict(
                settings=settings._asdict(), data=str(data), commands=[])
            grid = asked
        else:
            self._refuse_other(before, settings, asked, data)
            old = Asked(**before['asked'])
            grid = Asked({
                **old.variants,
                **asked.variants
            }, sorted({*old.fractions, *asked.fractions}),
                         sorted({*old.seeds, *asked.seeds}), {
                             **old.learning_rates,
                             **asked.learning_rates
                         })
        line = shlex.join(command)
        commands = [*before['commands'], line]
        study = dict(
            before,
            asked=grid._asdict(),
            commands=list(dict.fromkeys(commands)))
        if study != read_json(self.study_file):
            write_json(self.study_file, study)

    def _refuse_other(self, before: dict, settings: Settings, asked: Asked,
                      data: Path) -> None:
        wanted = settings._asdict()
        different = [
            f'{name} was {before["settings"].get(name)}, is {value}'
            for name, value in wanted.items()
            if before['settings'].get(name) != value
        ]
        if before['data'] != str(data):
            different.append(f'the data were in {before["data"]}, are in '
                             f'{data}')
        different += [
            f'variant {name} was {before["asked"]["variants"][name]}, is '
            f'{path}' for name, path in asked.variants.items()
            if before['asked']['variants'].get(name, path) != path
        ]
        different += self._other_rates(before, settings, asked)
        if different:
            raise ValueError(
                f'{self.root} was begun with other settings: '
                f'{"; ".join(different)}. Runs of different settings cannot '
                'be compared: choose another --out.')

    def _other_rates(self, before: dict, settings: Settings,
                     asked: Asked) -> List[str]:
        old = Asked(**before['asked'])
        rates = [(name, old.learning_rates.get(name, settings.learning_rate),
                  asked.learning_rates.get(name, settings.learning_rate))
                 for name in asked.variants if name in old.variants]
        return [
            f'the learning rate of {name} was {was:g}, is {now:g}'
            for name, was, now in rates if was != now
        ]

    def study(self) -> dict:
        """``study.json``.

        Raises:
            FileNotFoundError: If there is no study in the folder.
        """
        study = read_json(self.study_file)
        if study is None:
            raise FileNotFoundError(
                f'there is no study in {self.root}: {self.study_file} is '
                'missing')
        return study

    def settings(self) -> Settings:
        return Settings(**self.study()['settings'])

    def settings_of(self, variant: str) -> Settings:
        """The study's settings with the variant's own learning rate."""
        settings = self.settings()
        return settings._replace(
            learning_rate=self.asked().learning_rates.get(
                variant, settings.learning_rate))

    def asked(self) -> Asked:
        return Asked(**self.study()['asked'])

    def data(self) -> Path:
        """The folder of the data set."""
        return Path(self.study()['data'])


def read_json(path: Path):
    """A JSON file's content; None if the file is not there."""
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except FileNotFoundError:
        return None


def write_json(path: Path, content) -> None:
    """Write a JSON file aside, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(content, indent=1) + '\n').encode())
