"""Runs MMPose's own command-line tools and speaks plainly of mistakes."""

import runpy
import sys
from pathlib import Path
from typing import Callable, List

import mmpose

from ..command_line import run
from ..paths import find_config


def run_mmpose_tool(name: str) -> None:
    """Run a tool of the installed MMPose with this process's arguments.

    Its ``config`` may be the name of one of this project's configs.
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
                f"MMPose's {name} is not at {tool}. Install mmpose as a "
                'wheel or with `pip install -e .`, which put its tools there.'
            )
        parse_args = runpy.run_path(str(tool))['parse_args']
        sys.argv = with_config_path(sys.argv, parse_args)
        runpy.run_path(str(tool), run_name='__main__')

    run(main)


def with_config_path(argv: List[str], parse_args: Callable) -> List[str]:
    """The arguments with the config's path in its name's place.

    Args:
        argv (list[str]): As ``sys.argv``.
        parse_args (callable): The tool's own, which reads ``sys.argv``.

    Raises:
        FileNotFoundError: If there is no such config.
    """
    name = parse_args().config
    path = find_config(name)
    before = sys.argv
    try:
        # An option's value, such as --work-dir's, may be the same word.
        for index, word in enumerate(argv):
            sys.argv = [*argv[:index], path, *argv[index + 1 :]]
            if word == name and parse_args().config == path:
                return sys.argv
    finally:
        sys.argv = before
    return argv
