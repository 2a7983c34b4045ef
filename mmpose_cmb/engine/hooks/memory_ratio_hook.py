"""Sets how much of the memory a block may fetch, over the training."""

from typing import Sequence, Tuple

from mmengine.hooks import Hook
from mmengine.logging import print_log
from torch import nn

from mmpose.registry import HOOKS

from ...models.blocks import ConvMemoryBlock

Milestones = Sequence[Tuple[int, float]]


def ratio_limit_at(iteration: int, milestones: Milestones) -> float:
    """The ratio limit r that holds in a training iteration.

    Args:
        iteration (int): Number of training iterations done before, from 0.
        milestones (Sequence[Tuple[int, float]]): ``(iteration, r)`` pairs in
            ascending order of the iteration; r holds from there on.

    Returns:
        float: r of equation 2; 1 before the first milestone.

    Example:
        >>> from mmpose_cmb.engine.hooks import ratio_limit_at
        >>> [ratio_limit_at(i, [(0, 1.), (10000, 3.)]) for i in (9999, 10000)]
        [1.0, 3.0]
    """
    ratio_limit = 1.0
    for begin, value in milestones:
        if iteration >= begin:
            ratio_limit = float(value)
    return ratio_limit


@HOOKS.register_module()
class MemoryRatioHook(Hook):
    """Set r of equation 2 in every memory block, by training iteration.

    The paper trains with r = 1 first, which keeps the still random memory
    out, and with 3 "in the middle of the training (e.g., 10000 training
    iteration)" (section 3.2). r is derived from ``runner.iter``, so that a
    resumed run goes on with the right one. An averaged model (EMA) follows.

    Args:
        milestones (Sequence[Tuple[int, float]]): ``(iteration, r)`` pairs,
            ascending. Defaults to ``((0, 1.), (10000, 3.))``.

    Raises:
        ValueError: If the milestones are empty or do not ascend, or an r is
            below 1.
    """

    def __init__(self, milestones: Milestones = ((0, 1.0), (10000, 3.0))) -> None:
        begins = [begin for begin, _ in milestones]
        if not begins or begins != sorted(set(begins)):
            raise ValueError(
                'MemoryRatioHook needs milestones (iteration, r) '
                f'in ascending order, got {milestones}'
            )
        for begin, ratio_limit in milestones:
            if ratio_limit < 1:
                raise ValueError(
                    f'MemoryRatioHook: r must be at least 1, got {ratio_limit}'
                    f' from iteration {begin}'
                )
        self.milestones = milestones
        self._current = None

    def before_train(self, runner) -> None:
        """Forget what an earlier training has set."""
        self._current = None

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        """Set r where it changes, and say so."""
        ratio_limit = ratio_limit_at(runner.iter, self.milestones)
        if ratio_limit == self._current:
            return
        averaged = (getattr(hook, 'ema_model', None) for hook in runner.hooks)
        models = [runner.model, *(m for m in averaged if m is not None)]
        count = sum(_set_ratio_limit(model, ratio_limit) for model in models)
        self._current = ratio_limit
        if count:
            print_log(
                f'Iteration {runner.iter}: memory ratio limit r = {ratio_limit:g}',
                logger='current',
            )


def _set_ratio_limit(model: nn.Module, ratio_limit: float) -> int:
    """Set r in each block of a model; returns how many there are."""
    blocks = [m for m in model.modules() if isinstance(m, ConvMemoryBlock)]
    for block in blocks:
        block.set_ratio_limit(ratio_limit)
    return len(blocks)
