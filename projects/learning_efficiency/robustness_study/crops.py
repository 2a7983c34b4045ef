"""The crops of a test under a condition, the same for every network."""
from pathlib import Path
from typing import List, NamedTuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from torch import Tensor

from mmpose.registry import DATASETS
from mmpose.structures import PoseDataSample

from .box_changes import Region
from .conditions import Condition


class Crops(NamedTuple):
    """What networks are given, and what they should find. N frames.

    Attributes:
        inputs: [N, 1, H, W], float32.
        samples: MMPose's data samples.
        regions: What each crop shows.
        keypoints_px: Ground truth, [N, K, 2], pixels of the frame.
        metainfo: Of the data set: joints and groups.
    """
    inputs: Tensor
    samples: List[PoseDataSample]
    regions: List[Region]
    keypoints_px: np.ndarray
    metainfo: dict


def load_crops(dataset_cfg: Config, root: Path, name: str,
               condition: Condition) -> Crops:
    """Load a test set's frames, disturb and crop them.

    What is drawn for a frame follows from the condition's name and the
    frame's number alone.

    Args:
        dataset_cfg (Config): The test data set of a run's config, with its
            pipeline.
        root (Path): Folder of the frames.
        name (str): The condition's.
        condition (Condition): What is done to frames and boxes.

    Raises:
        ValueError: If the pipeline has no step at which the frame, or the
            box, can be changed.
    """
    dataset = DATASETS.build(
        dict(dataset_cfg, data_root=str(root), pipeline=[]))
    *steps, pack = dataset_cfg.pipeline
    before_frame, before_box = _cuts(steps)
    load = Compose(steps[:before_frame])
    find_box = Compose(steps[before_frame:before_box])
    crop, pack = Compose(steps[before_box:]), Compose([pack])

    packed, regions = [], []
    for index in range(len(dataset)):
        results = load(dataset.get_data_info(index))
        rng = np.random.default_rng([*name.encode(), results['img_id']])
        if condition.on_frame:
            results['img'] = condition.on_frame(results['img'],
                                                results['bbox'][0], rng)
        results = find_box(results)
        region = Region(results['bbox_center'][0], results['bbox_scale'][0])
        if condition.on_box:
            region = condition.on_box(region, rng)
            results.update(
                bbox_center=region.center[None],
                bbox_scale=region.scale[None],
                bbox_rotation=np.array([region.degrees], np.float32))
        regions.append(region)
        packed.append(pack(crop(results)))
    return Crops(
        torch.stack([p['inputs'] for p in packed]),
        [p['data_samples'] for p in packed], regions,
        np.concatenate([
            p['data_samples'].gt_instances.keypoints for p in packed
        ]), dataset.metainfo)


def _cuts(steps: List[dict]):
    """After which steps the frame is loaded, and the box is known."""
    types = [step['type'] for step in steps]
    loaders = [i for i, name in enumerate(types) if name.startswith('Load')]
    if not loaders or 'GetBBoxCenterScale' not in types:
        raise ValueError(
            'a test pipeline has to load a frame and then to have '
            f'GetBBoxCenterScale, so that both can be changed; got {types}')
    return loaders[-1] + 1, types.index('GetBBoxCenterScale') + 1
