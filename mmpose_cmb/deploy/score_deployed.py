"""A data set's metrics on an exported model."""

import copy
import os.path as osp
from typing import Dict, List, Optional, Tuple

from mmdeploy.apis.utils import build_task_processor
from mmdeploy.codebase.base import BaseTask
from mmengine import Config
from torch import nn

from .exported_file import read_spec

Metrics = Dict[str, float]


def score_deployed(
    deploy_cfg: Config,
    model_cfg: Config,
    model_files: List[str],
    work_dir: str,
    checkpoint: Optional[str] = None,
    device: str = 'cpu',
    show_dir: Optional[str] = None,
) -> Tuple[Metrics, Optional[Metrics]]:
    """Test an exported model, and the PyTorch model it was made of.

    Args:
        deploy_cfg (Config): The deploy config; whether there is a flip test
            is taken from the exported file.
        model_cfg (Config): The model's config, with the test data.
        model_files (List[str]): What the backend loads.
        work_dir (str): For the logs.
        checkpoint (str, optional): Weights of the PyTorch model, which is
            tested with the same flip test. Defaults to None: not tested.
        device (str): Defaults to 'cpu'.
        show_dir (str, optional): Folder for drawn predictions.

    Returns:
        tuple: The metrics of the exported model, and those of PyTorch.

    Raises:
        FileNotFoundError, ValueError: If files are missing or do not belong
            together.
    """
    exported = read_spec(model_files[0])
    deploy_cfg = copy.deepcopy(deploy_cfg)
    if exported is not None:
        deploy_cfg.codebase_config['flip_test'] = exported.flip_test
    task = build_task_processor(model_cfg, deploy_cfg, device)
    if exported is not None and exported.input_size != task.spec.input_size:
        raise ValueError(
            f'{model_files[0]}: exported for crops of '
            f"{list(exported.input_size)}, the config's model has "
            f'{list(task.spec.input_size)}'
        )
    expected = None
    if checkpoint is not None:
        model = task.build_pytorch_model(checkpoint)
        expected = _test(task, model, osp.join(work_dir, 'pytorch'))
    model = task.build_backend_model(model_files)
    return _test(task, model, work_dir, show_dir), expected


def _test(
    task: BaseTask, model: nn.Module, work_dir: str, show_dir: Optional[str] = None
) -> Metrics:
    """What the config's evaluators say of a model."""
    runner = task.build_test_runner(model, work_dir, show_dir=show_dir)
    # Under numpy 2 some are numbers of numpy, which JSON does not know.
    return {name: float(value) for name, value in runner.test().items()}
