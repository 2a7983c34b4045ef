"""Runs MMPose's own command-line tools and speaks plainly of mistakes."""

import argparse
import importlib.util
import sys
from glob import escape, glob
from pathlib import Path
from types import ModuleType
from typing import Callable, List, Optional, Tuple

import torch

import mmpose

from ..command_line import add_overwrite
from ..io.kept_files import allow_overwriting, check_folder, check_output, keep
from ..paths import find_config


def run_mmpose_tool(name: str) -> None:
    """Run a tool of the installed MMPose with this process's arguments.

    Its ``config`` may be the name of one of this project's configs;
    ``--overwrite`` is added, and ``--dump FILE.json`` to what tests. Called
    within ``command_line.run``.

    Args:
        name (str): File name under MMPose's ``tools``, e.g. ``'train.py'``.
    """
    tool = _load(Path(mmpose.__file__).parent / '.mim' / 'tools' / name)
    dump, sys.argv[1:] = own_options(sys.argv[1:])
    sys.argv = with_config_path(sys.argv, tool.parse_args)
    args = vars(tool.parse_args())
    for given in ('config', 'checkpoint', 'resume'):
        if args.get(given):
            keep(args[given])
    if args.get('work_dir'):
        check_folder(args['work_dir'])
    for path in filter(None, (args.get('out'), args.get('dump'), dump)):
        check_output(path)
    merge = tool.merge_args

    def merged(cfg, given):
        cfg = merge(cfg, given)
        if name == 'train.py':
            check_work_dir(cfg)
        if dump is not None:
            evaluators = cfg.test_evaluator
            evaluators = evaluators if isinstance(evaluators, list) else [evaluators]
            cfg.test_evaluator = [*evaluators, dict(type='DumpPredictions', out_file=dump)]
        start_on_cpus(cfg)
        # The logs and pictures of a run lie in a folder of its own.
        allow_overwriting()
        return cfg

    tool.merge_args = merged
    tool.main()


def own_options(arguments: List[str]) -> Tuple[Optional[str], List[str]]:
    """What is not MMPose's among the arguments, and the others.

    Args:
        arguments (list[str]): As typed. ``--overwrite`` takes effect.

    Returns:
        tuple: The file of ``--dump``, unless it is a pickle, MMPose's own;
        the arguments for MMPose.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_overwrite(parser)
    parser.add_argument('--dump')
    ours, others = parser.parse_known_args(arguments)
    if ours.dump is not None and not ours.dump.endswith('.json'):
        return None, [*others, '--dump', ours.dump]
    return ours.dump, others


def check_work_dir(cfg) -> None:
    """Refuse a training whose checkpoints would replace those of another.

    Args:
        cfg (Config): With ``work_dir``, ``resume`` and ``load_from``.

    Raises:
        FileExistsError: Saying what to do.
    """
    if cfg.get('load_from'):
        keep(cfg.load_from)
    if cfg.get('resume'):
        return
    for path in sorted(glob(f'{escape(cfg.work_dir)}/*.pth')):
        try:
            check_output(path)
        except FileExistsError as error:
            raise FileExistsError(
                f'{error}; --resume goes on with that training, --work-dir names another folder'
            ) from error


def start_on_cpus(cfg) -> None:
    """Join the processes of ``dist_train.sh`` where there is no GPU.

    MMEngine asks for one of each process, and raises a CUDA error.

    Args:
        cfg (Config): With ``launcher``. Completed in place.
    """
    if cfg.launcher == 'pytorch' and not torch.cuda.is_available():
        torch.distributed.init_process_group('gloo')
        # As MMEngine's own, but for the number of a GPU.
        own = dict(type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False)
        cfg.setdefault('model_wrapper_cfg', own)


def _load(path: Path) -> ModuleType:
    """A tool's file as a module."""
    if not path.is_file():
        raise FileNotFoundError(
            f"MMPose's {path.name} is not at {path}. Install mmpose as a "
            'wheel or with `pip install -e .`, which put its tools there.'
        )
    spec = importlib.util.spec_from_file_location(f'mmpose_tool_{path.stem}', path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


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
