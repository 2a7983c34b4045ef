"""Finding and reading the ``dataset_info`` of a configuration file."""

import logging
import os.path as osp
from copy import deepcopy

from mmengine import Config
from mmengine.logging import print_log

from mmpose.datasets.datasets.utils import parse_pose_metainfo

from ..formats.joint_names import mirrored_name, without_partner
from ..paths import config_path


def parse_depth_metainfo(metainfo: dict) -> dict:
    """MMPose's ``parse_pose_metainfo`` that keeps the joint groups.

    Args:
        metainfo (dict): A ``dataset_info``, or ``dict(from_file=...)``. A
            file ``configs/...`` that does not exist below the current
            directory is taken from this project. ``joint_groups`` (optional)
            maps the name of a group to the names of its joints.

    Returns:
        dict: See ``parse_pose_metainfo``; plus ``joint_groups``, the name of
        each group mapped to a list of joint ids, where the input has them.

    Raises:
        ValueError: If a group names a joint that the dataset does not have,
            or a joint's ``swap`` is not the other's.
    """
    if 'from_file' in metainfo:
        path = metainfo['from_file']
        prefix, _, below = path.replace('\\', '/').partition('/')
        if not osp.isfile(path) and prefix == 'configs' and osp.isfile(config_path(below)):
            path = config_path(below)
        elif not osp.isfile(path):
            # MMPose looks in its own configs, and says so if that fails.
            return parse_pose_metainfo(metainfo)
        metainfo = Config.fromfile(path).dataset_info
    parsed = parse_pose_metainfo(metainfo)
    _check_swaps(parsed)
    groups = metainfo.get('joint_groups')
    if groups is not None:
        parsed['joint_groups'] = _groups_to_ids(deepcopy(dict(groups)), parsed['keypoint_name2id'])
    return parsed


def _check_swaps(parsed: dict) -> None:
    """A flip in training teaches left as right where ``swap`` is wrong."""
    names = [parsed['keypoint_id2name'][i] for i in range(parsed['num_keypoints'])]
    flipped = [names[i] for i in parsed['flip_indices']]
    for name, other in zip(names, flipped):
        if flipped[names.index(other)] != name:
            raise ValueError(f'keypoint_info: {name} swaps with {other}, and {other} does not')
    doubtful = [
        f'{name} (its swap is "{other if other != name else ""}")'
        for name, other in zip(names, flipped)
        if mirrored_name(name, names) not in (None, other)
        or name == other
        and name in without_partner(names)
    ]
    if doubtful:
        print_log(
            'joints whose name tells a side have no swap with the other side, and a flip in '
            f'training teaches them wrongly: {", ".join(doubtful)}',
            logger='current',
            level=logging.WARNING,
        )


def _groups_to_ids(groups: dict, name_to_id: dict) -> dict:
    unknown = [
        f'{group}: {name}'
        for group, names in groups.items()
        for name in names
        if name not in name_to_id
    ]
    if unknown:
        raise ValueError(
            'joint_groups names joints that keypoint_info lacks: '
            + '; '.join(unknown)
            + '. Give the groups of your own joints, or '
            'leave joint_groups out.'
        )
    return {group: [name_to_id[name] for name in names] for group, names in groups.items()}
