"""What the command-line tools for deployment share."""
import os.path as osp
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Iterator, List, Optional, Tuple

from mmengine import Config, DictAction

# Module -> what installs it.
NEEDED = {
    'mmdeploy': 'pip install mmdeploy==1.3.1',
    'onnx': 'pip install "onnx<1.18"',
}


@contextmanager
def refuse_mistakes() -> Iterator[None]:
    """End the process with one line after a mistake of the user's.

    Raises:
        SystemExit: With status 1, in place of OSError and ValueError.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


def load_configs(deploy_cfg: str, model_cfg: str,
                 cfg_options: Optional[List[str]]) -> Tuple[Config, Config]:
    """Read both configs.

    Args:
        deploy_cfg (str): Path of the deploy config.
        model_cfg (str): Path of the model's config.
        cfg_options (List[str], optional): ``KEY=VALUE`` for the deploy
            config.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a package is missing, or a config is not of its kind.
    """
    for name, command in NEEDED.items():
        if find_spec(name) is None:
            raise ValueError(f'{name} is not installed: {command}')
    for path in (deploy_cfg, model_cfg):
        if not osp.isfile(path):
            raise FileNotFoundError(f'{path}: no such config')
    deploy, model = map(Config.fromfile, (deploy_cfg, model_cfg))
    for key in ('backend_config', 'codebase_config'):
        if key not in deploy:
            raise ValueError(f'{deploy_cfg}: not a deploy config, it has no '
                             f'{key} (configs/deploy holds some)')
    for key in ('model', 'codec', 'test_dataloader'):
        if key not in model:
            raise ValueError(f'{model_cfg}: not a model\'s config, it has no '
                             f'{key}')
    if cfg_options:
        deploy.merge_from_dict(_parsed(cfg_options))
    return deploy, model


def _parsed(options: List[str]) -> dict:
    parsed = {}
    for option in options:
        key, separator, value = option.partition('=')
        if not separator:
            raise ValueError(f'--cfg-options: expected KEY=VALUE, got '
                             f'{option}')
        parsed[key] = DictAction._parse_iterable(value)
    return parsed
