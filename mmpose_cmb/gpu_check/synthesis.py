"""The synthesiser's ray casting beside the CPU's."""

from importlib.util import find_spec

import numpy as np

from ..benchmarking.whole_frames import timed
from ..camera import KINECT_V2_HALF
from ..synthesis import make_sample
from .outcome import CannotRun, CheckFailed

# Of the pixels; at edges the last bit of a ray decides.
LEAST_SAME = 0.99


def check_synthesis(device: str = 'cuda', frames: int = 8) -> str:
    """Frames that are cast on a device are those of the CPU.

    Args:
        device (str): Where rays are cast.
        frames (int): How many are made.

    Raises:
        CannotRun: If ``anny`` or ``warp-lang`` is missing.
        CheckFailed: If frames differ.
    """
    if not (find_spec('anny') and find_spec('warp')):
        raise CannotRun('synthetic people need pip install "mmpose_cmb[synthesis]"')
    same, times_ms = [], {'cpu': [], device: []}
    # The first frame compiles the kernel.
    for index in range(frames + 1):
        views = {}
        for where in times_ms:
            views[where], ms = timed(make_sample, 0, index, KINECT_V2_HALF, 'mixed', where)
            times_ms[where].append(ms)
        off_m = np.abs(views[device].depth_m - views['cpu'].depth_m)
        same.append(np.mean(off_m < 1e-3))
    said = f'{100 * np.mean(same):.2f} % of the pixels of {len(same)} frames within 1 mm'
    if min(same) < LEAST_SAME:
        raise CheckFailed(f'{said}, {100 * min(same):.2f} % of the worst')
    rates = [f'{where} {np.median(ms[1:]):.0f} ms' for where, ms in times_ms.items()]
    return f'{said}; a frame takes {", ".join(rates)}'
