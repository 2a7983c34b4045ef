"""Say before an installation starts whether this Python can run it."""

import platform
import sys

OLDEST, NEWEST = (3, 10), (3, 14)
# The newest version that the tests were run with.
NEWEST_TRIED = (3, 13)


def problem(version, system: str, machine: str) -> str:
    """Why wheels alone will not do here; empty where they will.

    Args:
        version (tuple): Major and minor version of Python.
        system (str): As ``platform.system()`` names it.
        machine (str): As ``platform.machine()`` names it.
    """
    found = f'Python {version[0]}.{version[1]} on {system} {machine}'
    if not OLDEST <= version <= NEWEST:
        age = 'old' if version < OLDEST else 'new: not all packages have wheels for it'
        return f'{found} is too {age}. Use Python 3.10 to 3.13.'
    if (system, machine) != ('Linux', 'x86_64'):
        return (
            f'{found} was never tried with these versions: follow docs/install.md, or '
            'use x86-64 Linux.'
        )
    return ''


if __name__ == '__main__':
    version = sys.version_info[:2]
    message = problem(version, platform.system(), platform.machine())
    if message:
        sys.exit(f'error: {message} Choose another with `make env PYTHON=/path/to/python3.13`.')
    if version > NEWEST_TRIED:
        print(f'note: all wheels exist for Python {version[0]}.{version[1]}, but nobody has '
              'run the tests with it yet')  # fmt: skip
