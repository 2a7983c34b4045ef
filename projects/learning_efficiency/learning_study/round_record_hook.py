"""Writes down what each round of a training took and reached."""
import time
from pathlib import Path
from typing import Dict, List, Optional

import torch
from mmengine.hooks import Hook

from mmpose.registry import HOOKS

from .study_folder import read_json, write_json

ROUNDS_FILE = 'rounds.json'


@HOOKS.register_module()
class RoundRecordHook(Hook):
    """Record time and accuracy after each round, over all resumptions.

    ``rounds.json`` beside the work directory is a list with one entry a
    round: ``iteration``, ``train_s`` (seconds of the training alone, with
    loading) and, after the round's test, ``metrics``. The file is written
    before the checkpoint of the round, so that a resumed run finds it; rounds
    that are trained again replace their entries.
    """

    priority = 'ABOVE_NORMAL'

    def __init__(self) -> None:
        self.rounds: List[dict] = []
        self.file = Path()
        self._begin = 0.

    def before_train(self, runner) -> None:
        """Go on where the checkpoint is; make up for a missing test."""
        self.file = Path(runner.work_dir).parent / ROUNDS_FILE
        self.rounds = (read_json(self.file) or [])[:runner.epoch]
        if self.rounds and 'metrics' not in self.rounds[-1]:
            runner.val_loop.run()

    def before_train_epoch(self, runner) -> None:
        self._begin = time.perf_counter()

    def after_train_epoch(self, runner) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.rounds.append(
            dict(
                iteration=runner.iter,
                train_s=time.perf_counter() - self._begin))
        write_json(self.file, self.rounds)

    def after_val_epoch(self,
                        runner,
                        metrics: Optional[Dict[str, float]] = None) -> None:
        self.rounds[-1]['metrics'] = dict(metrics)
        write_json(self.file, self.rounds)
