"""A progress bar for training, validation and testing."""

from typing import Optional

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from tqdm import tqdm

from mmpose.registry import HOOKS


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show one bar over all training iterations, and one for each test run.

    Args:
        min_interval_s (float): Seconds between two updates of the bar.
            Defaults to 0.5.
    """

    priority = 'VERY_LOW'

    def __init__(self, min_interval_s: float = 0.5) -> None:
        self.min_interval_s = min_interval_s
        self._train: Optional[tqdm] = None
        self._other: Optional[tqdm] = None

    def _open(self, name: str, total: int, done: int = 0) -> tqdm:
        return tqdm(
            desc=name,
            total=total,
            initial=done,
            mininterval=self.min_interval_s,
            disable=not is_main_process(),
            dynamic_ncols=True,
        )

    def before_train(self, runner) -> None:
        self._train = self._open('train', runner.max_iters, runner.iter)

    def after_train_iter(self, runner, batch_idx: int, data_batch=None, outputs=None) -> None:
        self._train.update()

    def after_train(self, runner) -> None:
        self._train.close()

    def before_val_epoch(self, runner) -> None:
        self._other = self._open('validate', len(runner.val_dataloader))

    def before_test_epoch(self, runner) -> None:
        self._other = self._open('test', len(runner.test_dataloader))

    def after_val_iter(self, *args, **kwargs) -> None:
        self._other.update()

    def after_val_epoch(self, *args, **kwargs) -> None:
        self._other.close()

    after_test_iter = after_val_iter
    after_test_epoch = after_val_epoch
