"""Say before an installation starts whether this Python can run it."""

import platform
import sys

FITTING = ((3, 10), (3, 11))


def problem(version, system: str, machine: str) -> str:
    """Why wheels alone will not do here; empty where they will.

    Args:
        version (tuple): Major and minor version of Python.
        system (str): As ``platform.system()`` names it.
        machine (str): As ``platform.machine()`` names it.
    """
    found = f'Python {version[0]}.{version[1]} on {system} {machine}'
    if version < FITTING[0]:
        return f'{found} is too old: use Python 3.10 or 3.11.'
    if version == (3, 12) or (version in FITTING and machine != 'x86_64'):
        return (
            f'{found} has no wheel of xtcocotools, which MMPose needs: '
            'pip would want a C compiler. Use Python 3.10 or 3.11 on '
            'x86-64, or follow docs/install.md to build it.'
        )
    if version > FITTING[1]:
        return (
            f"{found} has no wheel of numpy 1, which MMPose's packages "
            'need. Use Python 3.10 or 3.11.'
        )
    if system != 'Linux':
        return (
            f'{found} was never tried with these versions: follow docs/install.md, or use Linux.'
        )
    return ''


if __name__ == '__main__':
    message = problem(sys.version_info[:2], platform.system(), platform.machine())
    if message:
        sys.exit(f'error: {message} Choose another with `make env PYTHON=/path/to/python3.11`.')
