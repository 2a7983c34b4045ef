"""A model's specification, read from the built test pipeline of its config."""

from typing import Optional

from mmengine import Config
from mmengine.registry import init_default_scope

from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.datasets.transforms import GetBBoxCenterScale, PackPoseInputs
from mmpose.registry import DATASETS, KEYPOINT_CODECS, TRANSFORMS

from ..codecs import DepthHeatmap
from ..datasets.transforms import (
    LoadDepthFrameFromHDF5,
    LoadDepthImage,
    LoadSKDepth,
    NormalizeDepth,
    PersonBoxFromDepth,
    TopdownDepthAffine,
)
from ..pose.model_spec import ModelSpec, SkeletonSpec

LOADERS = (LoadDepthImage, LoadDepthFrameFromHDF5, LoadSKDepth)
# Transforms after the loader, in this order. A box that is found in the depth
# is the rule, and packing is MMPose's own affair.
STEPS = (GetBBoxCenterScale, TopdownDepthAffine, NormalizeDepth)
LEFT_OUT = (PersonBoxFromDepth, PackPoseInputs)


def spec_of_config(cfg: Config, flip_test: Optional[bool] = None) -> ModelSpec:
    """What a config's model takes and gives.

    Args:
        cfg (Config): With ``model`` and ``test_dataloader``.
        flip_test (bool, optional): Whether the network averages with the
            mirrored crop. Defaults to None: as ``model.test_cfg`` says.

    Raises:
        ValueError: If the test pipeline cannot be repeated outside MMPose, or
            parts of the config contradict each other; both are named.
    """
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    loader, (box, affine, normalize) = _built_pipeline(cfg)
    if not affine.use_udp:
        raise ValueError(
            'the test pipeline crops without UDP, which is not known outside '
            'MMPose: set use_udp=True of TopdownDepthAffine'
        )
    preprocessor = cfg.model.get('data_preprocessor') or {}
    if preprocessor.get('mean') is not None:
        raise ValueError(
            "the model's data_preprocessor normalises with mean and std, "
            'which is not known outside MMPose; NormalizeDepth is the '
            'normalisation here'
        )
    codec = KEYPOINT_CODECS.build(cfg.model.head.decoder)
    _agree(
        "the crop's size, of TopdownDepthAffine and the head's decoder",
        tuple(affine.input_size),
        tuple(codec.input_size),
    )
    space = isinstance(codec, DepthHeatmap)
    if space:
        _agree(
            "half_range_m, of NormalizeDepth and the head's decoder",
            normalize.half_range_m,
            codec.half_range_m,
        )
    if flip_test is None:
        flip_test = (cfg.model.get('test_cfg') or {}).get('flip_test', False)
    unit_m = loader.unit_m if isinstance(loader, LoadDepthImage) else None
    background_m = getattr(loader, 'background_m', None)
    return ModelSpec(
        input_size=tuple(int(side) for side in affine.input_size),
        box_padding=float(box.padding),
        half_range_m=float(normalize.half_range_m),
        hole_value=float(normalize.hole_value),
        depth_unit_m=None if unit_m is None else float(unit_m),
        invalid_values=tuple(float(v) for v in getattr(loader, 'invalid_values', (0,))),
        background_m=None if background_m is None else float(background_m),
        flip_test=bool(flip_test),
        space=space,
        calibrated=bool(cfg.model.head.get('calibrated', False)),
        skeleton=skeleton_of_meta(dataset_meta_of_config(cfg)),
    ).check()


def dataset_meta_of_config(cfg: Config) -> dict:
    """Names, symmetry and drawing of the joints that a config tests.

    Raises:
        ValueError: If the data set is not known or has no joints.
    """
    dataset = cfg.test_dataloader.dataset
    cls = DATASETS.get(dataset.type)
    given = dataset.get('metainfo')
    if cls is None:
        raise ValueError(
            f'the data set {dataset.type} is not registered: import its module by custom_imports'
        )
    if hasattr(cls, '_load_metainfo'):
        metainfo = cls._load_metainfo(given)
    else:
        metainfo = parse_pose_metainfo(given or cls.METAINFO)
    if not metainfo or 'keypoint_id2name' not in metainfo:
        raise ValueError(
            f'the data set {dataset.type} says nothing of its '
            'joints: give it metainfo=dict(from_file=...)'
        )
    return metainfo


def skeleton_of_meta(metainfo: dict) -> SkeletonSpec:
    """The joints of a parsed ``dataset_meta`` of MMPose."""
    names = metainfo['keypoint_id2name']
    return SkeletonSpec(
        name=metainfo['dataset_name'],
        keypoint_names=[names[i] for i in range(len(names))],
        flip_indices=[int(i) for i in metainfo['flip_indices']],
        links=[(int(i), int(j)) for i, j in metainfo['skeleton_links']],
        keypoint_colors=_colors(metainfo['keypoint_colors']),
        link_colors=_colors(metainfo['skeleton_link_colors']),
    )


def _built_pipeline(cfg: Config):
    """The loader and the transforms of STEPS, built; refuses foreign ones."""
    loader_cfg, *rest = cfg.test_dataloader.dataset.pipeline
    if TRANSFORMS.get(loader_cfg.type) not in LOADERS:
        raise ValueError(
            f"the config's test pipeline begins with {loader_cfg.type} and "
            f"not with a loader of depth ({_names(LOADERS)}); MMPose's own "
            'inferencers are for models of colour images'
        )
    steps = [TRANSFORMS.build(step) for step in rest]
    foreign = [step for step in steps if type(step) not in STEPS + LEFT_OUT]
    if foreign:
        raise ValueError(
            'the test pipeline has transforms that are not known outside '
            f'MMPose: {", ".join(type(step).__name__ for step in foreign)}. '
            f'Known are {_names(LOADERS)} to load, then {_names(STEPS)}'
        )
    steps = [step for step in steps if type(step) in STEPS]
    if tuple(type(step) for step in steps) != STEPS:
        raise ValueError(
            f'the test pipeline must have, in this order, {_names(STEPS)}; it '
            f'has {", ".join(type(step).__name__ for step in steps)}'
        )
    return TRANSFORMS.build(loader_cfg), steps


def _agree(what: str, in_pipeline, in_model) -> None:
    if in_pipeline != in_model:
        raise ValueError(f'the config contradicts itself in {what}: {in_pipeline} and {in_model}')


def _names(classes: tuple) -> str:
    return ', '.join(cls.__name__ for cls in classes)


def _colors(colors) -> list:
    return [tuple(int(part) for part in color) for color in colors]
