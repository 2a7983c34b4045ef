"""What has been tested, one small file for each run and condition."""
import hashlib
from pathlib import Path
from typing import Dict, List, Optional

from learning_study.plan import Run
from learning_study.study_folder import StudyFolder, read_json, write_json
from learning_study.train_run import WEIGHTS

from .conditions import CONDITIONS
from .other_camera import FRAMES, other_camera_recipe

REAL_FRAMES = 'real_frames'


class KeptFigures:
    """Figures of a study's runs, below ``robustness/figures``.

    Figures hold for the very weights and the very condition that they were
    measured with.

    Args:
        folder (StudyFolder): The study.
    """

    def __init__(self, folder: StudyFolder) -> None:
        self.folder = folder
        self.root = folder.root / 'robustness' / 'figures'
        self._keys: Dict[Run, dict] = {}

    def path(self, run: Run, condition: str) -> Path:
        """The file of a run and a condition."""
        return self.root / run.name / f'{condition}.json'

    def get(self, run: Run, condition: str) -> Optional[dict]:
        """``frames`` and ``metrics``; None where they are still to be
        measured.
        """
        kept = read_json(self.path(run, condition))
        if kept is None or kept['of'] != self._key(run, condition):
            return None
        return kept

    def keep(self, run: Run, condition: str, frames: int,
             metrics: Dict[str, float]) -> None:
        """Write figures down.

        Args:
            run (Run): Which run.
            condition (str): Its name.
            frames (int): How many were tested.
            metrics (dict): The figures.
        """
        write_json(
            self.path(run, condition),
            dict(
                of=self._key(run, condition), frames=frames, metrics=metrics))

    def rows(self, runs: List[Run]) -> List[dict]:
        """A row for each run and condition that has figures.

        Real frames, which a study tests itself, are a condition here.
        """
        rows = []
        for run in runs:
            for condition in CONDITIONS:
                kept = self.get(run, condition)
                if kept:
                    rows.append(
                        dict(
                            run._asdict(),
                            condition=condition,
                            frames=kept['frames'],
                            **kept['metrics']))
            real = self.folder.result(run).get(REAL_FRAMES)
            if real:
                rows.append(
                    dict(run._asdict(), condition=REAL_FRAMES, **real))
        return rows

    def _key(self, run: Run, condition: str) -> dict:
        if run not in self._keys:
            self._keys[run] = self._key_of_run(run)
        return dict(self._keys[run], condition=self._definition(condition))

    def _key_of_run(self, run: Run) -> dict:
        result = self.folder.result(run)
        weights = (self.folder.run_dir(run) / WEIGHTS).read_bytes()
        return dict(
            variant_digest=result['variant_digest'],
            finished=result['finished'],
            # Minutes alone do not tell a run from its repetition.
            weights=hashlib.sha256(weights).hexdigest()[:12])

    def _definition(self, name: str) -> str:
        condition = CONDITIONS[name]
        parts = [
            condition.on_frame, condition.on_box, condition.on_memory
        ]
        if condition.other_camera:
            seed = self.folder.settings().data_seed
            parts += [other_camera_recipe(seed), FRAMES]
        return ' '.join(repr(part) for part in parts if part)
