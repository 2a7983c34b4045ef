"""The order of a recording's files, by the numbers in their names."""

import os.path as osp
import re
from typing import Iterable, List, Optional

DIGITS = re.compile(r'(\d+)')
# A number with a fraction, as time.time() gives it.
DECIMAL = re.compile(r'(\d+(?:\.\d+)?)')
# Digits of seconds since 1970; what has as many is no count of takes.
TIME_DIGITS = 9


def in_order(names: Iterable[str]) -> List[str]:
    """Names as people count: 2 before 10, and 1.05 before 1.5 where these are times.

    Args:
        names (Iterable[str]): Names or paths of files.

    Example:
        >>> in_order(['b10.png', 'b2.png'])
        ['b2.png', 'b10.png']
        >>> in_order(['1700000000.5.png', '1700000000.25.png'])
        ['1700000000.25.png', '1700000000.5.png']
    """
    names = list(names)
    pattern = DECIMAL if _are_decimals(names) else DIGITS
    return sorted(names, key=lambda name: _parts(name, pattern))


def number_of(name: str) -> Optional[int]:
    """The number that a file's name is, but for its suffix; None if it is none."""
    stem = osp.splitext(osp.basename(name))[0]
    return int(stem) if stem.isascii() and stem.isdigit() and len(stem) < 19 else None


def _are_decimals(names: List[str]) -> bool:
    """Whether the dots in the names are decimal points.

    They are in times. In shorter numbers, take 1.9 and take 1.10 say, they are
    where the digits behind them differ in number as those of floats do, which
    never end with a zero.
    """
    found = [re.findall(r'(\d+)\.(\d+)', osp.splitext(osp.basename(name))[0]) for name in names]
    pairs = [pair for one in found for pair in one]
    if any(len(whole) >= TIME_DIGITS for whole, _ in pairs):
        return True
    fractions = [fraction for _, fraction in pairs]
    return len(set(map(len, fractions))) > 1 and not any(
        len(fraction) > 1 and fraction.endswith('0') for fraction in fractions
    )


def _parts(name: str, number: 're.Pattern[str]') -> list:
    """Key for sorting; the suffix is no part of a number."""
    stem, suffix = osp.splitext(name)
    return [
        (0, float(part) if '.' in part else int(part), '') if part[0].isdecimal() else (1, 0, part)
        for part in number.split(stem)
        if part
    ] + [(1, 0, suffix)]
