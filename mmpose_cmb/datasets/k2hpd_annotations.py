"""K2HPD's annotation files.

A line is ``00000003.png x0,y0,x1,y1,...``: the image's name, a blank, then
the joints' pixels as integers. Some lines of the published files start with
NUL bytes.
"""
import re
from typing import List, NamedTuple, Tuple

import numpy as np

IMAGE_NAME = re.compile(rb'\d+\.png')
INTEGER = re.compile(rb'[+-]?\d+')
# A joint farther away from the 256 x 212 image than this is a damaged record:
# the published training labels lie in -3..262.
PLAUSIBLE_PX = (-512, 1024)
MAX_NAMED_PROBLEMS = 5


class K2HPDAnnotations(NamedTuple):
    """The usable records of an annotation file in the file's order.

    N records, K joints.

    Attributes:
        names (List[str]): The images' file names, N.
        keypoints (np.ndarray): Pixels (x, y), float32 [N, K, 2].
        line_numbers (List[int]): Each record's line, counted from 1, N.
        problems (List[Tuple[int, str]]): Line number of, and what was found
            in, each line that cannot be used.
    """
    names: List[str]
    keypoints: np.ndarray
    line_numbers: List[int]
    problems: List[Tuple[int, str]]


def parse_k2hpd_annotations(content: bytes,
                            num_keypoints: int = 19) -> K2HPDAnnotations:
    """Parse the content of an annotation file.

    NUL bytes, blank lines and any line ending are fine. A line that cannot
    be used is left out of the records and listed in ``problems``.

    Args:
        content (bytes): The file's content.
        num_keypoints (int): Joints per line. Defaults to 19.

    Returns:
        K2HPDAnnotations: The records, and the lines that are none.
    """
    names, coordinates, line_numbers, problems = [], [], [], []
    lines = content.replace(b'\0', b'').splitlines()
    for line_number, line in enumerate(lines, 1):
        name, _, numbers = line.strip().partition(b' ')
        if not name:
            continue
        try:
            coordinates.append(_parse_line(name, numbers, 2 * num_keypoints))
        except ValueError as error:
            problems.append((line_number, str(error)))
            continue
        names.append(name.decode('ascii'))
        line_numbers.append(line_number)
    keypoints = np.array(coordinates, np.float32)
    return K2HPDAnnotations(names, keypoints.reshape(-1, num_keypoints, 2),
                            line_numbers, problems)


def check_problems(path: str,
                   problems: List[Tuple[int, str]],
                   num_records: int,
                   max_bad_share: float,
                   record_name: str = 'line') -> str:
    """Say which lines of a file are left out, or refuse the file.

    Args:
        path (str): The annotation file, for the message.
        problems (List[Tuple[int, str]]): Line number and what is wrong.
        num_records (int): How many records are usable.
        max_bad_share (float): The largest part of all records that may be
            unusable.
        record_name (str): What a record's number counts. Defaults to 'line'.

    Returns:
        str: What is left out and why; empty where nothing is.

    Raises:
        ValueError: If no record is usable, or too many are not.
    """
    total = num_records + len(problems)
    if not total:
        raise ValueError(f'{path}: holds no annotation')
    if not problems:
        return ''
    named = [
        f'{record_name} {line_number}: {what}'
        for line_number, what in problems[:MAX_NAMED_PROBLEMS]
    ]
    if len(problems) > len(named):
        named.append(f'and {len(problems) - len(named)} more')
    found = f'{len(problems)} of {total} records cannot be used'
    listing = '; '.join(named)
    if not num_records or len(problems) > max_bad_share * total:
        raise ValueError(
            f'{path}: {found}, more than max_bad_share = {max_bad_share:g} '
            f'allows: {listing}')
    return f'{path}: {found} and are left out: {listing}'


def _parse_line(name: bytes, numbers: bytes, count: int) -> List[int]:
    """Return a line's coordinates, or raise ValueError saying what is off."""
    if not IMAGE_NAME.fullmatch(name):
        raise ValueError(
            f'{_shown(name)} is not an image name such as 00000003.png')
    values = numbers.split(b',')
    if len(values) != count:
        raise ValueError(f'{len(values)} numbers instead of {count}')
    try:
        coordinates = list(map(int, values))
    except ValueError:
        coordinates = None
    # int() also takes 1_000.
    if coordinates is None or b'_' in numbers:
        bad = next(v for v in values if not INTEGER.fullmatch(v.strip()))
        raise ValueError(f'{_shown(bad)} is not an integer')
    for extreme in (min(coordinates), max(coordinates)):
        if not PLAUSIBLE_PX[0] <= extreme <= PLAUSIBLE_PX[1]:
            raise ValueError(f'coordinate {extreme} is far outside the image')
    return coordinates


def _shown(text: bytes) -> str:
    return repr(text[:40])[1:]
