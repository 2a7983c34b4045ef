"""How much memory a piece of work takes at its peak."""

import ctypes
import gc
from typing import Callable, Optional, Tuple, TypeVar

import torch

Result = TypeVar('Result')
STATUS, CLEAR = '/proc/self/status', '/proc/self/clear_refs'


def with_peak_memory(
    work: Callable[[], Result], device: str = 'cpu'
) -> Tuple[Result, Optional[int]]:
    """Do something and tell how far the memory in use rose meanwhile.

    On a GPU PyTorch's own count; on the CPU the process's resident memory, as
    Linux counts it.

    Args:
        work (Callable): Called once.
        device (str): Defaults to ``'cpu'``.

    Returns:
        tuple: What ``work`` returned, and bytes; None where the system does
        not tell.
    """
    if device.startswith('cuda'):
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        result = work()
        torch.cuda.synchronize()
        return result, torch.cuda.max_memory_allocated() - before
    before = _reset_peak()
    result = work()
    peak = _read('VmHWM') if before is not None else None
    return result, None if peak is None else peak - before


def _reset_peak() -> Optional[int]:
    """Let the process's peak begin anew; bytes now in use."""
    gc.collect()
    try:
        # Memory that was freed before must not serve the work unseen.
        ctypes.CDLL('libc.so.6').malloc_trim(0)
        with open(CLEAR, 'w') as file:
            file.write('5')
    except (OSError, AttributeError):
        return None
    return _read('VmRSS')


def _read(key: str) -> Optional[int]:
    """A figure of the process's memory in bytes."""
    try:
        with open(STATUS) as file:
            for line in file:
                if line.startswith(key + ':'):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    return None
