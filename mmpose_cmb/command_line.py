"""What the command-line tools share: how they end, and common options.

Exit statuses of every tool:

* 0: done
* 1: done, but some of the inputs could not be used; they are named
* 2: the user's mistake, such as a missing file or an unknown option: one line
  ``error: ...`` on stderr
* 130: ended with Ctrl-C
* 141: nobody reads the output any more (``tool | head``); nothing is said

Another error is one of the program's: it keeps its traceback, with Python's
own status 1.

Nothing here imports more than Python's own library, so that ``--help`` is
quick: tools import what is heavy after their arguments are parsed. Where it
stands at the top of a file, importing this module first lets Ctrl-C end the
seconds that it takes in one line, too.
"""

import argparse
import errno
import logging
import math
import os
import select
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Callable, NoReturn, Optional, Sequence

from .io.kept_files import OPTION, allow_overwriting, keep, keeping_existing

DONE, SOME_UNUSABLE, MISTAKE, INTERRUPTED, NO_READER = 0, 1, 2, 130, 141

# What is raised on purpose: files, arguments, missing packages and devices.
USER_ERRORS = (OSError, ValueError, ImportError, RuntimeError)
# The disk is full or must not be written to, whoever finds out.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
PACKAGE_DIR = Path(__file__).resolve().parent


def _end_before_main(kind: type, error: BaseException, traceback: Any) -> None:
    """Say in one line that Ctrl-C came before :func:`run`; else as Python does."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)  # type: ignore[arg-type]
        return
    _end_at_once()


def _end_at_once() -> NoReturn:
    print('\ninterrupted', file=sys.stderr, flush=True)
    os._exit(INTERRUPTED)


def _on_ctrl_c(number: int, frame: Optional[FrameType]) -> None:
    """End while something is imported, else raise ``KeyboardInterrupt``.

    Libraries in C++, as torch, abort where that comes while they start.
    """
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            _end_at_once()
        frame = frame.f_back
    raise KeyboardInterrupt


_IMPORTING = '<frozen importlib._bootstrap>'
sys.excepthook = _end_before_main
if (
    threading.current_thread() is threading.main_thread()
    # A shell's background job ignores Ctrl-C, and so do we.
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):
    signal.signal(signal.SIGINT, _on_ctrl_c)


def run(main: Callable[[], Optional[int]], if_interrupted: str = '') -> NoReturn:
    """Run a tool and end the process.

    Args:
        main (callable): Returns the exit status; None stands for
            :data:`DONE`.
        if_interrupted (str): What is to be said after Ctrl-C, such as that
            the same command continues.

    Raises:
        SystemExit: Always, with one of the statuses above. What is raised
            neither by this project on purpose nor for a file that cannot be
            opened is no mistake of the user's and passes.
    """
    # A log whose reader has left is no reason for a traceback in it.
    logging.raiseExceptions = False
    try:
        try:
            with keeping_existing():
                status = main()
        finally:
            # Where nobody reads any more it shows here, not at the very end.
            sys.stdout.flush()
    except KeyboardInterrupt:
        said = ': '.join(filter(None, ('interrupted', if_interrupted)))
        print(f'\n{said}', file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None
    except USER_ERRORS as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads():
            raise SystemExit(NO_READER) from None
        message = user_message(error)
        if message is None:
            raise
        print(f'error: {message}', file=sys.stderr)
        raise SystemExit(MISTAKE) from None
    raise SystemExit(DONE if status is None else status)


def user_message(error: BaseException) -> Optional[str]:
    """The message of an error that this project raised on purpose.

    Registries raise errors anew with a prefix, so the whole chain of causes
    is looked at. A file that does not exist or must not be opened is a user's
    mistake wherever it is found.

    Args:
        error (BaseException): What was caught.

    Returns:
        str, optional: The original message; None for a foreign error.
    """
    link: Optional[BaseException] = error
    while link is not None:
        if isinstance(link, USER_ERRORS) and (_raised_here(link) or _is_about_a_file(link)):
            return _text(link)
        link = link.__cause__ or link.__context__
    return None


def _raised_here(error: BaseException) -> bool:
    """Whether the innermost frame is the package's or the running script's."""
    frame = error.__traceback__
    if frame is None:
        return False
    while frame.tb_next is not None:
        frame = frame.tb_next
    path = Path(frame.tb_frame.f_code.co_filename).resolve()
    script = getattr(sys.modules['__main__'], '__file__', None)
    return PACKAGE_DIR in path.parents or (script is not None and path == Path(script).resolve())


def _is_about_a_file(error: BaseException) -> bool:
    """Whether a file is not there or must not be opened, or the disk is full."""
    if error.__context__ is not None or not isinstance(error, OSError):
        return False
    return (
        isinstance(error, FileNotFoundError)
        or error.filename is not None
        or error.errno in NO_ROOM
    )


def _text(error: BaseException) -> str:
    """The message; the system's own ones begin with the file."""
    if isinstance(error, OSError) and error.filename is not None:
        return f'{os.fspath(error.filename)}: {error.strerror}'
    return str(error) or type(error).__name__


def _nobody_reads() -> bool:
    """Whether the other end of stdout is closed; keeps Python quiet then."""
    number = sys.stdout.fileno()
    if hasattr(select, 'poll'):
        poll = select.poll()
        poll.register(number, 0)
        if not any(state & select.POLLERR for _, state in poll.poll(0)):
            return False
    # Python flushes once more when it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return True


class OverridesAction(argparse.Action):
    """MMEngine's ``DictAction``, imported when it is needed."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: Optional[str] = None,
    ) -> None:
        for pair in values:
            if '=' not in pair:
                raise argparse.ArgumentError(self, f'expected KEY=VALUE, got {pair!r}')
        from mmengine.config import DictAction

        DictAction(self.option_strings, self.dest)(parser, namespace, values, option_string)


def positive_float(text: str) -> float:
    """Type of an argument: finite and above 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f'must be above 0, got {text}')
    return value


def positive_int(text: str) -> int:
    """Type of an argument: 1 or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f'must be at least 1, got {text}')
    return value


def input_file(text: str) -> str:
    """Type of an argument: a file to be read, which nothing is written over."""
    keep(text)
    return text


class OverwriteAction(argparse.Action):
    """Lets what the tool finds be written over; its inputs stay."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: Optional[str] = None,
    ) -> None:
        setattr(namespace, self.dest, True)
        allow_overwriting()


def tool_parser(doc: Optional[str], **options: Any) -> argparse.ArgumentParser:
    """A parser that shows a tool's docstring as it is written.

    Args:
        doc (str, optional): ``__doc__`` of the tool.
        **options: Others of ``argparse.ArgumentParser``.
    """
    return argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, **options
    )


# Options that several tools have. ``parser`` may be a group of arguments.


def add_unit_m(
    parser: argparse._ActionsContainer,
    default: Optional[float] = None,
    required: bool = False,
    help: str = 'else as camera.json or the model says, or guessed',
    also: Sequence[str] = (),
) -> None:
    """``--unit-m M``: metres per stored unit of depth files.

    Args:
        parser (ArgumentParser): Gets the option.
        default (float, optional): The value where none is given.
        required (bool): Whether it must be given.
        help (str): What holds without it.
        also (Sequence[str]): Other spellings, such as a former one.
    """
    parser.add_argument(
        '--unit-m',
        *also,
        type=positive_float,
        default=default,
        required=required,
        metavar='M',
        help='; '.join(filter(None, ('metres per stored unit, 0.001 for millimetres', help))),
    )


def add_intrinsics(
    parser: argparse._ActionsContainer, help: str = 'else as camera.json says'
) -> None:
    """``--intrinsics FX FY CX CY``: the camera, pixels.

    Args:
        parser (ArgumentParser): Gets the option.
        help (str): What holds without it, or what it is needed for.
    """
    parser.add_argument(
        '--intrinsics',
        type=float,
        nargs=4,
        metavar=('FX', 'FY', 'CX', 'CY'),
        help=f'of the camera, pixels; {help}',
    )


def add_key(parser: argparse._ActionsContainer) -> None:
    """``--key NAME``: the array to be read from files with several."""
    parser.add_argument(
        '--key', metavar='NAME', help='name of the array in NPZ and HDF5 files with several'
    )


def add_mirror(parser: argparse._ActionsContainer) -> None:
    """``--mirror``: frames that were stored mirrored are turned back."""
    parser.add_argument(
        '--mirror',
        action='store_true',
        help='the frames are stored mirrored, as libfreenect2 and OpenNI give them: turn them '
        'back, or left and right joints change places',
    )


def add_boxes(parser: argparse._ActionsContainer) -> None:
    """``--bbox X1 Y1 X2 Y2``, repeatable: boxes of people, pixels."""
    parser.add_argument(
        '--bbox',
        type=float,
        nargs=4,
        action='append',
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help="a person's box in every frame, pixels; may be repeated; else "
        'the person is looked for',
    )


def add_detector(parser: argparse._ActionsContainer) -> None:
    """``--detector FILE.onnx`` and ``--bbox-thr SCORE``: who finds people."""
    parser.add_argument(
        '--detector',
        type=input_file,
        metavar='FILE.onnx',
        help='network that finds people where no boxes are given; "none": one person is '
        'looked for in the depth (default: the one that comes with the package)',
    )
    parser.add_argument(
        '--bbox-thr',
        type=float,
        metavar='SCORE',
        help='least score of a person who is found, and of a box in a file (default: as the '
        "detector's file says, else 0.3)",
    )


def add_kpt_thr(parser: argparse._ActionsContainer, default: float = 0.3) -> None:
    """``--kpt-thr SCORE``: joints with a lower score are not drawn."""
    parser.add_argument(
        '--kpt-thr',
        type=float,
        default=default,
        metavar='SCORE',
        help='joints with a lower score are not drawn (default: %(default)s)',
    )


def add_threads(
    parser: argparse._ActionsContainer,
    of: str = 'ONNX Runtime',
    default: str = 'one for each core',
) -> None:
    """``--threads N``: how many threads the network gets.

    Args:
        parser (ArgumentParser): Gets the option.
        of (str): Whose threads they are.
        default (str): What holds without it.
    """
    parser.add_argument(
        '--threads', type=positive_int, metavar='N', help=f'of {of} (default: {default})'
    )


def add_provider(parser: argparse._ActionsContainer) -> None:
    """``--provider`` and ``--precision``: who runs an exported network."""
    parser.add_argument(
        '--provider',
        choices=('cpu', 'cuda', 'tensorrt', 'openvino'),
        default='cpu',
        help='who runs an exported network: ONNX Runtime on the CPU, with CUDA or with\n'
        'TensorRT, or OpenVINO on the CPU (default: %(default)s)',
    )
    parser.add_argument(
        '--precision',
        choices=('float32', 'bfloat16'),
        help="OpenVINO's (default: bfloat16 where the processor has it)",
    )


def add_out_dir(
    parser: argparse._ActionsContainer,
    default: Optional[str] = None,
    required: bool = False,
    help: str = 'folder for the results',
) -> None:
    """``--out-dir DIR``: a folder to write; ``--out FILE`` names a file.

    Args:
        parser (ArgumentParser): Gets the option.
        default (str, optional): The folder where none is given.
        required (bool): Whether it must be given.
        help (str): What is written there.
    """
    if default is not None:
        help = f'{help} (default: %(default)s)'
    parser.add_argument('--out-dir', default=default, required=required, metavar='DIR', help=help)


def add_overwrite(parser: argparse._ActionsContainer) -> None:
    """``--overwrite``: replace files that are there already."""
    parser.add_argument(
        OPTION,
        nargs=0,
        default=False,
        action=OverwriteAction,
        help='replace files that are there already; what is read is never written over',
    )


def add_device(parser: argparse._ActionsContainer, default: Optional[str] = None) -> None:
    """``--device``: ``cpu``, ``cuda:0``; None stands for the fastest."""
    parser.add_argument(
        '--device',
        default=default,
        help=f'cpu, cuda:0, ... (default: {default or "a GPU where there is one"})',
    )


def add_cfg_options(
    parser: argparse._ActionsContainer, name: str = '--cfg-options', of: str = 'the config'
) -> None:
    """``--cfg-options KEY=VALUE ...``: overrides of a config.

    Args:
        parser (ArgumentParser): Gets the option.
        name (str): Its spelling, where there are several configs.
        of (str): Which config they override.
    """
    parser.add_argument(
        name,
        nargs='+',
        action=OverridesAction,
        metavar='KEY=VALUE',
        help=f'overrides of {of}, such as test_dataloader.dataset.data_root=DIR',
    )


def add_deploy_configs(parser: argparse._ActionsContainer) -> None:
    """``DEPLOY_CFG MODEL_CFG`` and the overrides of both."""
    parser.add_argument(
        'deploy_cfg', help='one of configs/deploy, such as depth-pose_onnxruntime_static'
    )
    parser.add_argument('model_cfg', help='config of the model, or its name')
    add_cfg_options(parser, of="the model's config")
    add_cfg_options(parser, '--deploy-options', of='the deploy config')


def add_split(
    parser: argparse._ActionsContainer, splits: Sequence[str] = ('train', 'val', 'test')
) -> None:
    """``--split``: part of a data set, by default the training's."""
    parser.add_argument(
        '--split',
        choices=splits,
        default='train',
        help='part of the data set (default: %(default)s)',
    )
