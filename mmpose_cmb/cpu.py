"""The processor's cores, as far as this process has them."""

import os


def cores_but_one() -> int:
    """Threads that leave a core to a camera, drawing and encoding; 1 or more."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # Linux alone has it
        cores = os.cpu_count() or 1
    return max(1, cores - 1)
