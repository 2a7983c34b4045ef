"""The unit of stored depth: guessed from the values, and checked."""

from typing import Sequence

import numpy as np

# Persons are seen from 10 cm to 30 m: nearer and farther the unit is wrong.
NEAREST_M, FARTHEST_M = 0.1, 30.0
MILLIMETRE_M = 0.001


def guess_unit_m(stored: np.ndarray, invalid_values: Sequence[float] = (0,)) -> float:
    """Guess the unit of depth values as a sensor or a file gives them.

    Floats are metres or millimetres, integers of 16 bits and more are
    millimetres, whichever puts the middle (median) value between 10 cm and
    30 m. Other units, such as a quarter of a millimetre, cannot be told from
    these.

    Args:
        stored (np.ndarray): Values of one frame, any shape.
        invalid_values (Sequence[float]): Stored values that mean "no
            measurement". Defaults to ``(0, )``.

    Returns:
        float: Metres per stored unit. Where there is no valid value, 1 for
        floats and 0.001 for integers.

    Raises:
        ValueError: If no such unit is plausible; always for 8-bit values,
            whose unit is anybody's choice.
    """
    stored = np.asarray(stored)
    if stored.dtype.kind not in 'uif':
        raise ValueError(f'expected numbers, got {stored.dtype}')
    if stored.dtype.itemsize == 1:
        raise ValueError(
            'the unit of 8-bit depth cannot be guessed. Give unit_m, the '
            'metres per grey level, such as 0.02'
        )
    candidates = (1.0, MILLIMETRE_M) if stored.dtype.kind == 'f' else (MILLIMETRE_M,)
    middle = _median_of_valid(stored, invalid_values)
    if np.isnan(middle):
        return candidates[0]
    for unit_m in candidates:
        if NEAREST_M <= middle * unit_m <= FARTHEST_M:
            return unit_m
    raise ValueError(
        f'the unit cannot be guessed: the middle value is {middle:g}, which '
        f"is no person's distance in "
        f'{"metres or " if len(candidates) > 1 else ""}millimetres. Give '
        'unit_m, the metres per stored unit'
    )


def check_distance(depth_m: np.ndarray, unit_m: float) -> None:
    """Refuse a frame whose unit must be wrong.

    Args:
        depth_m (np.ndarray): Metres, 0 = invalid. A frame without a valid
            pixel passes.
        unit_m (float): The unit that was used, for the message.

    Raises:
        ValueError: If the middle distance is below 10 cm or beyond 30 m.
    """
    middle = _median_of_valid(depth_m, (0,))
    if middle < NEAREST_M or middle > FARTHEST_M:
        raise ValueError(
            f'the middle distance is {middle:g} m with unit_m = {unit_m:g}, '
            f'and persons are expected from {NEAREST_M:g} to {FARTHEST_M:g} '
            'm. Is this the unit of the values, and is this a depth image?'
        )


def check_frame(depth_m: np.ndarray, unit_m: float, source: str) -> None:
    """As :func:`check_distance`, by every fourth pixel, naming the frame.

    Args:
        depth_m (np.ndarray): Metres, [H, W], 0 = invalid.
        unit_m (float): The unit that was used.
        source (str): What the message calls the frame.
    """
    try:
        check_distance(depth_m[::4, ::4], unit_m)
    except ValueError as error:
        raise ValueError(f'{source}: {error}') from error


def _median_of_valid(stored: np.ndarray, invalid_values: Sequence[float]) -> float:
    """Median of the valid values; NaN where there is none."""
    valid = np.isfinite(stored) & (stored > 0)
    for value in invalid_values:
        valid &= stored != value
    return float(np.median(stored[valid])) if valid.any() else float('nan')
