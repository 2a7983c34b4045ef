"""Kills its own training at a moment that the environment names."""

import os
import signal

from mmengine.fileio.backends import LocalBackend
from mmengine.hooks import Hook

from mmpose.registry import HOOKS

# Such as 'iteration 5', 'validation 2' (its second batch), or 'checkpoint 4'
# (the fourth epoch's, when half of it is written).
KILL_AT = 'KILL_AT'


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@HOOKS.register_module()
class KillingHook(Hook):
    """Dies as by ``kill -9``, or does nothing where no moment is named."""

    def __init__(self) -> None:
        self.kind, _, number = os.environ.get(KILL_AT, '').partition(' ')
        self.number = int(number or 0)

    def before_train(self, runner) -> None:
        if self.kind == 'checkpoint':
            LocalBackend.put = self._write_half

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        if self.kind == 'iteration' and runner.iter + 1 >= self.number:
            die()

    def after_val_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        if self.kind == 'validation' and runner.epoch >= self.number:
            die()

    def _write_half(self, content: bytes, filepath: str) -> None:
        with open(filepath, 'wb') as file:
            file.write(content[: len(content) // 2])
            file.flush()
            if filepath.endswith('.pth'):
                die()
            file.write(content[len(content) // 2 :])
