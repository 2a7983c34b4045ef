"""What the command-line tools for deployment share."""

import argparse
from importlib.util import find_spec
from typing import Tuple

from mmengine import Config

from ..engine.tool_config import read_config

# Module -> what installs it. Without MMDeploy's pins, which are of 2023; its
# Python part works with newer packages.
NEEDED = {
    'mmdeploy': 'pip install --no-deps mmdeploy==1.3.1',
    'aenum': 'pip install "mmpose_cmb[deploy]"',
    'onnx': 'pip install "mmpose_cmb[deploy]"',
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
    deploy_cfg = read_config(
        args.deploy_cfg,
        args.deploy_options,
        ('backend_config', 'codebase_config'),
        'deploy config (configs/deploy has some)',
    )
    model_cfg = read_config(
        args.model_cfg, args.cfg_options, ('model', 'test_dataloader'), "model's config"
    )
    return deploy_cfg, model_cfg
