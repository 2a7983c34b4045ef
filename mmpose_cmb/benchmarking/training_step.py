"""What a training step needs: a model at some input size, and a batch."""

import copy
from typing import List, Tuple

import torch
from mmengine.config import Config
from mmengine.structures import InstanceData, PixelData
from torch import Tensor, nn

from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample


def build_trained(cfg: Config, size: int, with_memory: bool = True) -> nn.Module:
    """A config's model at another input size, in training mode.

    Args:
        cfg (Config): Of a ``CMBNet`` with heat maps of half the input's size;
            its default scope is set.
        size (int): Height and width of the input in pixels.
        with_memory (bool): With the memory blocks. Defaults to True.
    """
    model_cfg = copy.deepcopy(cfg.model)
    model_cfg.backbone.input_size = (size, size)
    if not with_memory:
        model_cfg.backbone.block = None
    model_cfg.head.decoder.update(input_size=(size, size), heatmap_size=(size // 2, size // 2))
    return MODELS.build(model_cfg).train()


def random_batch(
    size: int, batch_size: int, num_joints: int, device: str
) -> Tuple[Tensor, List[PoseDataSample]]:
    """Random images and heat maps: a step's time does not depend on them.

    Args:
        size (int): Height and width of the images in pixels.
        batch_size (int): How many.
        num_joints (int): Heat maps of each, of half the size.
        device (str): Where.
    """
    images = torch.rand(batch_size, 1, size, size, device=device)
    samples = []
    for _ in range(batch_size):
        sample = PoseDataSample()
        sample.gt_fields = PixelData(
            heatmaps=torch.rand(num_joints, size // 2, size // 2, device=device)
        )
        sample.gt_instance_labels = InstanceData(
            keypoint_weights=torch.ones(1, num_joints, device=device)
        )
        samples.append(sample)
    return images, samples
