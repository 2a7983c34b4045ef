"""The model's own test pipeline, from a frame in memory instead of a file."""
from typing import List, NamedTuple, Optional

from mmengine.config import ConfigDict
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope

from mmpose.registry import TRANSFORMS
from ..datasets.transforms import (LoadDepthFrameFromHDF5, LoadDepthImage,
                                   LoadSKDepth, PersonBoxFromDepth)

LOADERS = (LoadDepthImage, LoadDepthFrameFromHDF5, LoadSKDepth)
# What heads for joints in space and the drawing need.
META_KEYS = ('img_path', 'ori_shape', 'img_shape', 'input_size',
             'input_center', 'input_scale', 'flip_indices', 'dataset_name',
             'intrinsics', 'person_depth_m')


class FramePipeline(NamedTuple):
    """What happens to a frame's depth before the network.

    Attributes:
        transform (Compose): From ``img`` (metres), ``bbox`` and
            ``bbox_score`` to the network's input.
        background_m (float, optional): What lies farther away is cut off.
        unit_m (float, optional): Metres per stored unit of the files that the
            model was tested on.
    """
    transform: Compose
    background_m: Optional[float]
    unit_m: Optional[float]


def frame_pipeline(cfg: ConfigDict) -> FramePipeline:
    """Build the test pipeline of a config without its loader.

    Args:
        cfg (ConfigDict): The model's config.

    Raises:
        ValueError: If the pipeline does not begin by loading depth.
    """
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    loader_cfg, *rest = cfg.test_dataloader.dataset.pipeline
    if TRANSFORMS.get(loader_cfg.type) not in LOADERS:
        raise ValueError(
            f'the config\'s test pipeline begins with {loader_cfg.type} and '
            'not with a loader of depth '
            f'({", ".join(loader.__name__ for loader in LOADERS)}); MMPose\'s '
            'own inferencers are for models of colour images')
    loader = TRANSFORMS.build(loader_cfg)
    return FramePipeline(
        Compose(_without_boxes(rest)), getattr(loader, 'background_m', None),
        getattr(loader, 'unit_m', None)
        if isinstance(loader, LoadDepthImage) else None)


def _without_boxes(transforms: List[dict]) -> List[dict]:
    """Leave the box finder out and pack all that is needed."""
    kept = []
    for transform in transforms:
        # The inferencer has found the box, with the user's options.
        if TRANSFORMS.get(transform['type']) is PersonBoxFromDepth:
            continue
        if transform['type'] == 'PackPoseInputs':
            keys = tuple(transform.get('meta_keys', ()))
            more = tuple(key for key in META_KEYS if key not in keys)
            transform = dict(transform, meta_keys=keys + more)
        kept.append(transform)
    return kept
