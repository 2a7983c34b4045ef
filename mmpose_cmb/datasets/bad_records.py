"""What becomes of records that cannot be used."""

from typing import Sequence, Tuple, Union

MAX_NAMED_PROBLEMS = 5


def check_problems(
    path: str,
    problems: Sequence[Tuple[Union[int, str], str]],
    num_records: int,
    max_bad_share: float,
    record_name: str = 'line',
) -> str:
    """Say which lines of a file are left out, or refuse the file.

    Args:
        path (str): The annotation file, for the message.
        problems (List[Tuple[int | str, str]]): Number or name of the record,
            and what is wrong.
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
        ': '.join(filter(None, (f'{record_name} {line_number}'.strip(), what)))
        for line_number, what in problems[:MAX_NAMED_PROBLEMS]
    ]
    if len(problems) > len(named):
        named.append(f'and {len(problems) - len(named)} more')
    found = f'{len(problems)} of {total} records cannot be used'
    listing = '; '.join(named)
    if not num_records or len(problems) > max_bad_share * total:
        allowed = (
            f', more than max_bad_share = {max_bad_share:g} allows'
            if num_records and max_bad_share
            else ''
        )
        raise ValueError(
            f'{path}: {found}{allowed}: {listing}; tools/check_dataset.py lists all; '
            'skip_bad=True in the dataset leaves them out'
        )
    return f'{path}: {found} and are left out: {listing}'
