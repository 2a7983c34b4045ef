"""Processes that do not outlive the one that they work for."""

import multiprocessing
import os
import threading
from multiprocessing.connection import wait


def end_with_parent() -> None:
    """Have this process end as soon as its parent has, however that ended.

    Without it a worker whose parent was killed waits for work until somebody
    looks: seconds in torch's loaders, for ever in a pool.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
