"""A run's network and its joints in crops."""
from pathlib import Path
from typing import Callable, Optional

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint
from torch import Tensor, nn

from mmpose.models import build_pose_estimator
from mmpose_cmb.evaluation.metrics.data_samples import to_numpy
from mmpose_cmb.models.folding import fold_for_inference

from .box_changes import turn_back
from .crops import Crops
from .memory_changes import change_memories

BATCH_SIZE = 50


def load_network(
        cfg: Config,
        weights: Path,
        device: str,
        on_memory: Optional[Callable[[Tensor], Tensor]] = None) -> nn.Module:
    """A trained network, without flip test and folded for speed.

    Args:
        cfg (Config): The run's.
        weights (Path): The run's.
        device (str): Such as 'cpu'.
        on_memory (Callable, optional): What is done to its memories.
    """
    model_cfg = cfg.model.copy()
    model_cfg.test_cfg = dict(cfg.model.get('test_cfg', {}), flip_test=False)
    model = build_pose_estimator(model_cfg)
    load_checkpoint(
        model, str(weights), map_location='cpu', strict=True, logger='silent')
    if on_memory is not None:
        change_memories(model, on_memory)
    return fold_for_inference(model.to(device).eval())


@torch.inference_mode()
def predict(model: nn.Module, crops: Crops) -> np.ndarray:
    """The network's joints, [N, K, 2], pixels of the frame."""
    found = []
    for start in range(0, len(crops.samples), BATCH_SIZE):
        batch = slice(start, start + BATCH_SIZE)
        samples = model.test_step(
            dict(
                inputs=list(crops.inputs[batch]),
                data_samples=crops.samples[batch]))
        found += [
            turn_back(to_numpy(sample.pred_instances.keypoints[0]), region)
            for sample, region in zip(samples, crops.regions[batch])
        ]
    return np.stack(found)
