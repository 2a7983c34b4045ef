"""Writes down what each round of a training took and reached."""

import time
from dataclasses import asdict
from typing import Dict, Optional

import torch
from mmengine.hooks import Hook

from .plan import Run
from .spreads import ACCURACY
from .study_folder import StudyFolder, is_of


class RoundRecordHook(Hook):
    """Record a row of ``curves.csv`` a round, over all resumptions.

    ``train_s`` is the seconds of the training alone, with loading. A row is
    written before the checkpoint of its round, so that a resumed run finds
    it; rounds that are trained again replace their rows.

    Args:
        folder (StudyFolder): The study.
        run (Run): Which run.
    """

    priority = 'ABOVE_NORMAL'

    def __init__(self, folder: StudyFolder, run: Run) -> None:
        self.folder = folder
        self.run = run
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
        self.row.update(metrics)
        self.folder.curves.put(self.row)
