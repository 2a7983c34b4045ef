"""Runs MMPose's own command-line tools and speaks plainly of mistakes."""
import runpy
from pathlib import Path

import mmpose

from ..command_line import run, user_message  # noqa: F401


def run_mmpose_tool(name: str) -> None:
    """Run a tool of the installed MMPose with this process's arguments.

    A mistake that this package detects, such as missing data, ends the
    process with its message alone; anything else keeps its traceback.

    Args:
        name (str): File name under MMPose's ``tools``, e.g. ``'train.py'``.

    Raises:
        SystemExit: With the statuses of ``mmpose_cmb.command_line``.
    """
    tool = Path(mmpose.__file__).parent / '.mim' / 'tools' / name

    def main() -> None:
        if not tool.is_file():
            raise FileNotFoundError(
                f'MMPose\'s {name} is not at {tool}. Install mmpose as a '
                'wheel or with `pip install -e .`, which put its tools there.')
        runpy.run_path(str(tool), run_name='__main__')

    run(main)
