"""What an exported file says of itself: all that is not in its graph.

One JSON text holds the crop's size, the normalisation of the depth and the
skeleton, so that the file alone is enough to go from a frame to joints
(``mmpose_cmb.runtime``).
"""
import json
from typing import Optional

from mmengine import Config

from mmpose.datasets.datasets.utils import parse_pose_metainfo
from mmpose.registry import DATASETS
from ..version import __version__

FORMAT = 1
# Name of the property in ONNX files, and of the extra file in TorchScript's.
METADATA_KEY = 'mmpose_cmb'

LOADERS = ('LoadDepthImage', 'LoadDepthFrameFromHDF5', 'LoadSKDepth')
# Transforms after the loader, in this order. A box that is found in the depth
# is the rule there.
STEPS = ('GetBBoxCenterScale', 'TopdownDepthAffine', 'NormalizeDepth',
         'PackPoseInputs')
OPTIONAL_STEPS = ('PersonBoxFromDepth', )


def metadata_from_config(cfg: Config, flip_test: bool = False) -> dict:
    """Collect the metadata of a model's config.

    Args:
        cfg (Config): The model's config, with ``test_dataloader``.
        flip_test (bool): Whether the graph averages with the mirrored crop.
            Defaults to False.

    Returns:
        dict: ``format``, ``made_by``, ``input_size`` [w, h], ``box_padding``,
        ``half_range_m``, ``hole_value``, ``depth_unit_m``,
        ``invalid_values``, ``background_m``, ``flip_test``, ``space``
        (whether there are joints in space) and ``dataset``: ``name``,
        ``keypoints``, ``flip_indices``, ``links``, ``keypoint_colors``,
        ``link_colors``. Plain numbers, strings and lists.

    Raises:
        ValueError: If the test pipeline, or the model's normalisation, cannot
            be repeated outside MMPose; what is in the way is named.
    """
    loader, steps = _test_pipeline(cfg)
    affine, normalize = steps['TopdownDepthAffine'], steps['NormalizeDepth']
    if not affine.get('use_udp', False):
        raise ValueError(
            'the test pipeline crops without UDP, which an exported file '
            'cannot say: set use_udp=True of TopdownDepthAffine')
    preprocessor = cfg.model.get('data_preprocessor') or {}
    if preprocessor.get('mean') is not None:
        raise ValueError(
            'the model\'s data_preprocessor normalises with mean and std, '
            'which is not exported; NormalizeDepth is the normalisation here')
    return dict(
        format=FORMAT,
        made_by=f'mmpose_cmb {__version__}',
        input_size=[int(side) for side in affine['input_size']],
        # MMPose's default.
        box_padding=float(steps['GetBBoxCenterScale'].get('padding', 1.25)),
        half_range_m=float(normalize.get('half_range_m', 1.)),
        hole_value=float(normalize.get('hole_value', 1.)),
        depth_unit_m=stored_unit_m(loader),
        invalid_values=[float(v) for v in loader.get('invalid_values', (0, ))],
        background_m=_background_m(loader),
        flip_test=bool(flip_test),
        space=has_space(cfg),
        dataset=_dataset(cfg))


def has_space(cfg: Config) -> bool:
    """Whether the model of a config gives joints in space."""
    return cfg.model.head.decoder.type == 'DepthHeatmap'


def stored_unit_m(loader: dict) -> Optional[float]:
    """Metres per stored unit that a loader says; None: the files tell."""
    unit_m = loader.get('unit_m')
    if loader['type'] != 'LoadDepthImage' or unit_m is None:
        return None
    return float(unit_m)


def dataset_metainfo(cfg: Config) -> dict:
    """Names, symmetry and drawing of the joints that a config tests.

    Raises:
        ValueError: If the data set is not known or has no joints.
    """
    dataset = cfg.test_dataloader.dataset
    cls = DATASETS.get(dataset.type)
    given = dataset.get('metainfo')
    if cls is None:
        raise ValueError(f'the data set {dataset.type} is not registered: '
                         'import its module by custom_imports')
    if hasattr(cls, '_load_metainfo'):
        metainfo = cls._load_metainfo(given)
    else:
        metainfo = parse_pose_metainfo(given or cls.METAINFO)
    if not metainfo or 'keypoint_id2name' not in metainfo:
        raise ValueError(f'the data set {dataset.type} says nothing of its '
                         'joints: give it metainfo=dict(from_file=...)')
    return metainfo


def to_json(metadata: dict) -> str:
    """The text that is stored."""
    return json.dumps(metadata)


def _test_pipeline(cfg: Config):
    """The loader, and the other transforms by name; refuses foreign ones."""
    loader, *rest = cfg.test_dataloader.dataset.pipeline
    names = [step['type'] for step in rest]
    foreign = [loader['type']] * (loader['type'] not in LOADERS) + [
        name for name in names if name not in STEPS + OPTIONAL_STEPS
    ]
    if foreign:
        raise ValueError(
            'the test pipeline has transforms that are not known outside '
            f'MMPose: {", ".join(foreign)}. Known are {", ".join(LOADERS)} to '
            f'load, then {", ".join(STEPS)}')
    if tuple(name for name in names if name in STEPS) != STEPS:
        raise ValueError('the test pipeline must have, in this order, '
                         f'{", ".join(STEPS)}; it has {", ".join(names)}')
    return loader, {step['type']: step for step in rest}


def _background_m(loader: dict) -> Optional[float]:
    if loader['type'] != 'LoadSKDepth':
        return None
    # A config that does not name it gets the loader's own default.
    from ..formats.astar import BACKGROUND_M
    background_m = loader.get('background_m', BACKGROUND_M)
    return None if background_m is None else float(background_m)


def _dataset(cfg: Config) -> dict:
    metainfo = dataset_metainfo(cfg)
    names = metainfo['keypoint_id2name']
    return dict(
        name=metainfo['dataset_name'],
        keypoints=[names[i] for i in range(len(names))],
        flip_indices=[int(i) for i in metainfo['flip_indices']],
        links=[[int(i), int(j)] for i, j in metainfo['skeleton_links']],
        keypoint_colors=_plain(metainfo['keypoint_colors']),
        link_colors=_plain(metainfo['skeleton_link_colors']))


def _plain(colors) -> list:
    return [[int(part) for part in color] for color in colors]
