"""Puts a condition into a test pipeline."""

from copy import deepcopy

import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.config import Config

from mmpose.registry import TRANSFORMS

from .box_changes import Region
from .conditions import CONDITIONS, randomness


@TRANSFORMS.register_module()
class Disturb(BaseTransform):
    """Change the frame, or the box once it is known, under a condition."""

    def __init__(self, condition: str) -> None:
        self.name = condition

    def transform(self, results: dict) -> dict:
        condition = CONDITIONS[self.name]
        rng = randomness(self.name, results['img_id'])
        if condition.on_frame and 'bbox_center' not in results:
            results['img'] = condition.on_frame(results['img'], results['bbox'][0], rng)
        if condition.on_box and 'bbox_center' in results:
            region = condition.on_box(
                Region(results['bbox_center'][0], results['bbox_scale'][0]), rng
            )
            results.update(
                bbox_center=region.center[None],
                bbox_scale=region.scale[None],
                bbox_rotation=np.array([region.degrees], np.float32),
            )
        return results


def disturbed(dataset: Config, name: str) -> Config:
    """A test data set under the condition of a name.

    Raises:
        ValueError: If frame and box cannot be changed in the pipeline.
    """
    dataset = deepcopy(dataset)
    types = [step['type'] for step in dataset.pipeline]
    loaders = [i for i, kind in enumerate(types) if kind.startswith('Load')]
    if not loaders or 'GetBBoxCenterScale' not in types:
        raise ValueError(
            'a test pipeline has to load a frame and then to have '
            f'GetBBoxCenterScale, so that both can be changed; got {types}'
        )
    # The later place first: it moves the other.
    for place in (types.index('GetBBoxCenterScale'), loaders[-1]):
        dataset.pipeline.insert(place + 1, dict(type='Disturb', condition=name))
    return dataset
