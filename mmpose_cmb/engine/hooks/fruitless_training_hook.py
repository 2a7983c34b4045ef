"""Ends a training that learns nothing, and says why."""

import math
from typing import List, Optional

from mmengine.dist import get_world_size
from mmengine.hooks import Hook

from mmpose.registry import HOOKS

LOOK = 'tools/browse_dataset.py CONFIG shows what the network sees'


@HOOKS.register_module()
class FruitlessTrainingHook(Hook):
    """Refuse to go on where nothing can come of it.

    MMEngine trains on without a word where

    * the data set is smaller than a batch: no iteration runs;
    * no labelled joint lies in any crop: the loss is 0;
    * the loss has diverged, to numbers that are none or beyond all measure.

    Args:
        patience (int): In so many iterations on end the loss has to be so.
            Defaults to 10.
        max_growth (float): How many times its first value a loss may be.
            Defaults to 1e6.

    Raises:
        ValueError: Saying what is wrong and what to do.
    """

    def __init__(self, patience: int = 10, max_growth: float = 1e6) -> None:
        self.patience = patience
        self.max_growth = max_growth
        self._first: Optional[float] = None
        self._last: List[float] = []

    def before_train(self, runner) -> None:
        """Count the batches."""
        loader = runner.train_dataloader
        if len(loader):
            return
        raise ValueError(
            f'the training data have {len(loader.dataset)} samples for {get_world_size()} '
            f'process(es), fewer than a batch of {loader.batch_size}: no iteration would run. '
            'Lower train_dataloader.batch_size, or set train_dataloader.drop_last=False'
        )

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        """Look at the loss."""
        loss = float(outputs['loss'])
        if self._first is None and 0 < loss < math.inf:
            self._first = loss
        self._last = [*self._last, loss][-self.patience :]
        if len(self._last) < self.patience:
            return
        if not any(self._last):
            raise ValueError(
                f'the loss was exactly 0 in {self.patience} iterations on end: no labelled joint '
                f'lies in any crop. Are joints and boxes pixels of these images? {LOOK}'
            )
        most = self.max_growth * (self._first or 1.0)
        # Written so that NaN counts, too.
        if not any(loss <= most for loss in self._last):
            began = '' if self._first is None else f', after {self._first:.3g} at the beginning'
            raise ValueError(
                f'the loss is {loss:.3g} since {self.patience} iterations{began}: the training '
                'has diverged. Lower optim_wrapper.optimizer.lr; if that does not help, look '
                f'for wrong labels: {LOOK}'
            )
