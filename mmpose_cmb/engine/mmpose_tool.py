"""Runs MMPose's own command-line tools and speaks plainly of mistakes."""
import runpy
import sys
from pathlib import Path
from typing import Optional

import mmpose

# What is raised on purpose: files, arguments, missing packages and devices.
USER_ERRORS = (OSError, ValueError, ImportError, RuntimeError)
PACKAGE_DIR = Path(__file__).resolve().parents[1]


def run_mmpose_tool(name: str) -> None:
    """Run a tool of the installed MMPose with this process's arguments.

    A mistake that this package detects, such as missing data, ends the
    process with its message alone; anything else keeps its traceback.

    Args:
        name (str): File name under MMPose's ``tools``, e.g. ``'train.py'``.

    Raises:
        SystemExit: With status 2 after a user's mistake.
    """
    tool = Path(mmpose.__file__).parent / '.mim' / 'tools' / name
    if not tool.is_file():
        raise SystemExit(
            f'error: MMPose\'s {name} is not at {tool}. Install mmpose as a '
            'wheel or with `pip install -e .`, which put its tools there.')
    try:
        runpy.run_path(str(tool), run_name='__main__')
    except (OSError, ValueError) as error:
        message = user_message(error)
        if message is None:
            raise
        print(f'\nerror: {message}', file=sys.stderr)
        raise SystemExit(2) from None


def user_message(error: BaseException) -> Optional[str]:
    """The message of an error that this package raised on purpose.

    Registries raise errors anew with a prefix, so the whole chain of causes
    is looked at. A file that does not exist is a user's mistake wherever it
    is found.

    Args:
        error (BaseException): What was caught.

    Returns:
        str, optional: The original message; None for a foreign error.
    """
    link = error
    while link is not None:
        if isinstance(link, USER_ERRORS) and (
                _raised_in_package(link)
                or isinstance(link, FileNotFoundError)
                and link.__context__ is None):
            return str(link)
        link = link.__cause__ or link.__context__
    return None


def _raised_in_package(error: BaseException) -> bool:
    """Whether the innermost frame of an error lies in this package."""
    frame = error.__traceback__
    if frame is None:
        return False
    while frame.tb_next is not None:
        frame = frame.tb_next
    path = Path(frame.tb_frame.f_code.co_filename).resolve()
    return PACKAGE_DIR in path.parents
