"""What the command-line tools for deployment share."""
import argparse
from importlib.util import find_spec
from typing import Tuple

from mmengine import Config

from ..paths import find_config

# Module -> what installs it.
NEEDED = {
    'mmdeploy': 'pip install mmdeploy==1.3.1',
    'onnx': 'pip install "onnx<1.18"',
}


def load_configs(args: argparse.Namespace) -> Tuple[Config, Config]:
    """Read the deploy config and the model's.

    Args:
        args (Namespace): With the arguments of
            ``add_deploy_configs``.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a package is missing, or a config is not of its kind.
    """
    for name, command in NEEDED.items():
        if find_spec(name) is None:
            raise ValueError(f'{name} is not installed: {command}')
    deploy_cfg = Config.fromfile(find_config(args.deploy_cfg))
    model_cfg = Config.fromfile(find_config(args.model_cfg))
    for cfg, path, kind, keys in (
        (deploy_cfg, args.deploy_cfg, 'deploy config (configs/deploy has '
         'some)', ('backend_config', 'codebase_config')),
        (model_cfg, args.model_cfg, 'model\'s config',
         ('model', 'test_dataloader'))):
        missing = [key for key in keys if key not in cfg]
        if missing:
            raise ValueError(f'{path}: not a {kind}, it has no '
                             f'{" and no ".join(missing)}')
    deploy_cfg.merge_from_dict(args.deploy_options or {})
    model_cfg.merge_from_dict(args.cfg_options or {})
    return deploy_cfg, model_cfg
