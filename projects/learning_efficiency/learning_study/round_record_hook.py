"""Writes down what each round of a training reached, and ends it in time."""

import math
import time
from dataclasses import asdict
from typing import Dict, Optional

import pandas as pd
import torch
from mmengine.hooks import Hook

from mmpose_cmb.io import whole_file

from .plan import Run
from .settings import Settings
from .spreads import ACCURACY
from .study_folder import WEIGHTS, StudyFolder, is_of


def is_over(rounds: pd.DataFrame, patience: int, min_gain: float) -> bool:
    """Whether the last gain in validation lies ``patience`` iterations back.

    A gain is more than ``min_gain`` points above the one before, so that many
    small ones count in the end.

    Example:
        >>> rounds = pd.DataFrame({'iteration': [2, 4, 6], 'PCKh@0.5': [70.0, 70.4, 70.8]})
        >>> is_over(rounds, 2, 0.5), is_over(rounds, 2, 1.0), is_over(rounds, 6, 1.0)
        (False, True, False)
    """
    gain_at, level = 0, -math.inf
    for iteration, accuracy in sorted(zip(rounds['iteration'], rounds[ACCURACY])):
        if accuracy > level + min_gain:
            gain_at, level = iteration, accuracy
    return bool(rounds['iteration'].max() - gain_at >= patience)


class RoundRecordHook(Hook):
    """Record a row of ``curves.csv`` a round, over all resumptions.

    Keeps the weights of the round that is best in validation, and ends the
    training when the last gain lies too far back. MMEngine's
    ``EarlyStoppingHook`` would forget how far when a run is resumed.

    ``train_s`` is the seconds of the training alone, with loading. A row is
    written before the checkpoint of its round, so that a resumed run finds
    it; rounds that are trained again replace their rows.

    Args:
        folder (StudyFolder): The study.
        run (Run): Which run.
        settings (Settings): ``patience`` and ``min_gain`` decide when it ends.
    """

    priority = 'ABOVE_NORMAL'

    def __init__(self, folder: StudyFolder, run: Run, settings: Settings) -> None:
        self.folder = folder
        self.run = run
        self.settings = settings
        self.row: dict = {}
        self._begin = 0.0

    def before_train(self, runner) -> None:
        """Go on where the checkpoint is; make up for a missing test."""
        self.folder.curves.put(
            keep=lambda rows: ~(is_of(rows, self.run) & (rows['iteration'] > runner.iter))
        )
        rows = self.folder.rows_of(self.run, self.folder.curves)
        for _, row in rows[rows['iteration'] == runner.iter].iterrows():
            self.row = row.dropna().to_dict()
            if ACCURACY not in self.row:
                runner.val_loop.run()
            self._end_in_time(runner)

    def before_train_epoch(self, runner) -> None:
        self._begin = time.perf_counter()

    def after_train_epoch(self, runner) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.row = dict(
            asdict(self.run), iteration=runner.iter, train_s=time.perf_counter() - self._begin
        )
        self.folder.curves.put(self.row)

    def after_val_epoch(self, runner, metrics: Optional[Dict[str, float]] = None) -> None:
        """Keep the weights if they are the best: averaged ones, until EMAHook's turn."""
        self.row.update(metrics)
        rounds = self.folder.rows_of(self.run, self.folder.curves)
        earlier = rounds.loc[rounds['iteration'] < runner.iter]
        if not (earlier.get(ACCURACY, pd.Series()) >= self.row[ACCURACY]).any():
            # Without the optimiser's state; all tools take it with the config.
            weights = dict(
                meta=dict(dataset_meta=runner.visualizer.dataset_meta),
                state_dict=runner.model.state_dict(),
            )
            with whole_file(self.folder.run_dir(self.run) / WEIGHTS) as aside:
                torch.save(weights, aside)
        self.folder.curves.put(self.row)
        self._end_in_time(runner)

    def _end_in_time(self, runner) -> None:
        rounds = self.folder.rows_of(self.run, self.folder.curves)
        runner.train_loop.stop_training = is_over(
            rounds, self.settings.patience, self.settings.min_gain
        )
