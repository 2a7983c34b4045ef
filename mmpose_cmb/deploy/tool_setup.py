"""What the command-line tools for deployment share."""
import argparse
import os.path as osp
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Iterator, Tuple

from mmengine import Config, DictAction

from ..engine.mmpose_tool import user_message

# Module -> what installs it.
NEEDED = {
    'mmdeploy': 'pip install mmdeploy==1.3.1',
    'onnx': 'pip install "onnx<1.18"',
}


@contextmanager
def refuse_mistakes() -> Iterator[None]:
    """End the process with one line after a mistake of the user's.

    Raises:
        SystemExit: With status 1, in place of an OSError or a ValueError that
            this package raised; what others raise keeps its traceback.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        message = user_message(error)
        if message is None:
            raise
        sys.exit(f'error: {message}')


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """The configs, first among the arguments, and their options."""
    parser.add_argument('deploy_cfg', help='one of configs/deploy')
    parser.add_argument('model_cfg', help='config of the model')
    for name, which in (('deploy', 'deploy'), ('cfg', 'model\'s')):
        parser.add_argument(
            f'--{name}-options',
            nargs='+',
            action=DictAction,
            metavar='KEY=VALUE',
            help=f'overrides of the {which} config')


def load_configs(args: argparse.Namespace) -> Tuple[Config, Config]:
    """Read the deploy config and the model's.

    Args:
        args (Namespace): With the arguments of
            :func:`add_config_arguments`.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a package is missing, or a config is not of its kind.
    """
    for name, command in NEEDED.items():
        if find_spec(name) is None:
            raise ValueError(f'{name} is not installed: {command}')
    for path in (args.deploy_cfg, args.model_cfg):
        if not osp.isfile(path):
            raise FileNotFoundError(f'{path}: no such config')
    deploy_cfg = Config.fromfile(args.deploy_cfg)
    model_cfg = Config.fromfile(args.model_cfg)
    for cfg, path, kind, keys in (
        (deploy_cfg, args.deploy_cfg, 'deploy config (configs/deploy has '
         'some)', ('backend_config', 'codebase_config')),
        (model_cfg, args.model_cfg, 'model\'s config',
         ('model', 'codec', 'test_dataloader'))):
        missing = [key for key in keys if key not in cfg]
        if missing:
            raise ValueError(f'{path}: not a {kind}, it has no '
                             f'{" and no ".join(missing)}')
    deploy_cfg.merge_from_dict(args.deploy_options or {})
    model_cfg.merge_from_dict(args.cfg_options or {})
    return deploy_cfg, model_cfg
