"""Tests a run under a condition."""

from pathlib import Path
from typing import Dict, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.runner import load_checkpoint
from torch import nn
from torch.utils.data import DataLoader

from mmpose.models import build_pose_estimator
from mmpose.registry import DATASETS
from mmpose_cmb.evaluation.metrics.data_samples import to_numpy
from mmpose_cmb.evaluation.score_joints import score_pixels
from mmpose_cmb.models import ConvMemoryBlock
from mmpose_cmb.models.folding import fold_for_inference

from .box_changes import Region, turn_back
from .conditions import CONDITIONS, randomness
from .disturb import disturbed

BATCH_SIZE = 50


def score(
    cfg: Config, weights: Path, root: Path, name: str, device: str
) -> Tuple[int, Dict[str, float]]:
    """Number of frames below ``root``, and a network's metrics on them.

    ``cfg`` and ``weights`` are a run's, ``name`` is the condition's.
    """
    dataset = DATASETS.build(
        dict(disturbed(cfg.test_dataloader.dataset, name), data_root=str(root))
    )
    model = load_network(cfg, weights, name).to(device)
    found_px, true_px = predict(model, dataset, name)
    return len(true_px), score_pixels(found_px, true_px, dataset.metainfo, detail='groups')


@torch.no_grad()
def load_network(cfg: Config, weights: Path, name: str) -> nn.Module:
    """A trained network under a condition, without flip test and folded."""
    model_cfg = cfg.model.copy()
    model_cfg.test_cfg = dict(cfg.model.get('test_cfg', {}), flip_test=False)
    model = build_pose_estimator(model_cfg)
    load_checkpoint(model, str(weights), map_location='cpu', strict=True, logger='silent')
    for block in model.modules():
        if isinstance(block, ConvMemoryBlock) and CONDITIONS[name].on_memory:
            block.memory.copy_(CONDITIONS[name].on_memory(block.memory))
    return fold_for_inference(model.eval())


@torch.inference_mode()
def predict(model: nn.Module, dataset, name: str) -> np.ndarray:
    """Joints that are found and true, [2, N, K, 2], pixels of the frame."""
    joints, on_box = [], CONDITIONS[name].on_box
    for batch in DataLoader(dataset, BATCH_SIZE, collate_fn=pseudo_collate):
        for sample in model.test_step(batch):
            region = Region(sample.input_center, sample.input_scale)
            if on_box:
                rng = randomness(name, sample.img_id)
                region = region._replace(degrees=on_box(region, rng).degrees)
            found = to_numpy(sample.pred_instances.keypoints[0])
            joints.append((turn_back(found, region), to_numpy(sample.gt_instances.keypoints[0])))
    return np.stack(joints, 1)
